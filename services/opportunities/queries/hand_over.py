"""Hand-overs as they are shown, within the scope."""

from collections.abc import Sequence
from uuid import UUID

from services.opportunities.schemas.hand_over import HandedOver, HandOverOut
from shared.db import Tx
from shared.exports import Cell
from shared.web import PageRequest

PAGE = 5_000
COLUMNS = tuple(HandedOver.model_fields)


async def one(tx: Tx, hand_over_id: UUID) -> HandOverOut | None:
    """One hand-over of somebody within the scope."""
    row = await tx.fetchrow(
        """
        SELECT id, from_id, shares, kinds, reason, leaves, returns_id, state, problem, records,
               asked_by, asked_at, done_at
          FROM hand_over
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]))
        """,
        hand_over_id,
        tx.scope.everything,
        tx.scope.units,
    )
    return HandOverOut.model_validate(dict(row)) if row else None


async def page(tx: Tx, page: PageRequest) -> list[HandOverOut]:
    """Hand-overs of people within the scope, the latest first."""
    rows = await tx.fetch(
        """
        SELECT id, from_id, shares, kinds, reason, leaves, returns_id, state, problem, records,
               asked_by, asked_at, done_at
          FROM hand_over
         WHERE ($1 OR unit_id = ANY($2::uuid[]))
           AND ($3::timestamptz IS NULL OR (asked_at, id) < ($3, $4::uuid))
         ORDER BY asked_at DESC, id DESC
         LIMIT $5
        """,
        tx.scope.everything,
        tx.scope.units,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [HandOverOut.model_validate(dict(row)) for row in rows]


async def items(
    tx: Tx, after: UUID | None, *, hand_over_id: UUID
) -> tuple[Sequence[Sequence[Cell]], UUID | None]:
    """One page of what changed hands, as rows of a file."""
    rows = await tx.fetch(
        """
        SELECT record_id, subject_kind, subject_id, product_line, from_id, to_id
          FROM hand_over_item
         WHERE hand_over_id = $1
           AND ($2::uuid IS NULL OR record_id > $2)
         ORDER BY record_id
         LIMIT $3
        """,
        hand_over_id,
        after,
        PAGE,
    )
    page = [tuple(str(row[name]) for name in COLUMNS) for row in rows]
    return page, None if len(rows) < PAGE else rows[-1]["record_id"]
