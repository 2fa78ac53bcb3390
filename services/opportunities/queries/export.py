"""Deals as they go out in files, page by page, as far as the reader may see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.opportunities.queries import deal as deals
from services.opportunities.schemas.deal import OpportunityFilter, OpportunityOut
from shared.db import Tx
from shared.exports import Cell, written

PAGE = 2_000
Place = tuple[datetime, UUID]
_SHOWN = tuple(
    name for name in OpportunityOut.model_fields if name not in ("attributes", "external")
)


def columns(custom: Sequence[str]) -> tuple[str, ...]:
    """The header, with a column for each custom field."""
    return (*_SHOWN, "external_system", "external_id", *(f"attributes.{name}" for name in custom))


async def custom_fields(tx: Tx, _after: Place | None) -> tuple[Sequence[str], None]:
    """The names of all custom fields that deals in sight have."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT jsonb_object_keys(attributes) AS name
          FROM deal
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR owner_id = $3)
           AND attributes <> '{}'
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return [row["name"] for row in rows], None


async def opportunities(
    tx: Tx, after: Place | None, *, wanted: OpportunityFilter, custom: Sequence[str]
) -> tuple[Sequence[Sequence[Cell]], Place | None]:
    """One page of deals as rows of a file, the latest first."""
    at, deal_id = after or (None, None)
    found = await deals.page(
        tx,
        stage=wanted.stage,
        status=wanted.status,
        owner_id=wanted.owner,
        unit_id=wanted.unit,
        pipeline=wanted.pipeline,
        customer_id=wanted.customer,
        dealer_id=wanted.dealer,
        after_at=at,
        after_id=deal_id,
        limit=PAGE,
    )
    page = [_cells(deal, custom) for deal in found]
    return page, None if len(found) < PAGE else (found[-1].opened_at, found[-1].id)


def _cells(deal: OpportunityOut, custom: Sequence[str]) -> tuple[Cell, ...]:
    external = deal.external
    return (
        *(written(getattr(deal, name)) for name in _SHOWN),
        external.system if external else "",
        external.id if external else "",
        *(written(deal.attributes.get(name)) for name in custom),
    )
