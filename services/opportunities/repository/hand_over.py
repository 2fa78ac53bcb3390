"""Hand-overs, and what somebody has to hand over."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import asyncpg

from services.opportunities.domain.customer_line import CustomerLine
from services.opportunities.domain.hand_over import HandOver, Item, Record, Share
from shared.contracts.base import SubjectKind
from shared.db import Tx


async def queued(tx: Tx, *, now: datetime, limit: int) -> list[HandOver]:  # noqa: ARG001
    """The next ones to be done, the first asked for first."""
    rows = await tx.fetch(
        """
        SELECT id, from_id, unit_id, shares, kinds, reason, leaves, returns_id, state, problem,
               records, asked_by, asked_at, done_at, sequence
          FROM hand_over
         WHERE state = 'queued'
         ORDER BY asked_at
         LIMIT $1
           FOR UPDATE SKIP LOCKED
        """,
        limit,
    )
    return [_hand_over(row) for row in rows]


async def lock(tx: Tx, hand_over_id: UUID) -> HandOver | None:
    """One hand-over."""
    row = await tx.fetchrow(
        """
        SELECT id, from_id, unit_id, shares, kinds, reason, leaves, returns_id, state, problem,
               records, asked_by, asked_at, done_at, sequence
          FROM hand_over
         WHERE id = $1
           FOR UPDATE
        """,
        hand_over_id,
    )
    return _hand_over(row) if row else None


async def save(tx: Tx, asked: HandOver) -> None:
    """Write a hand-over, new or known."""
    await tx.execute(
        """
        INSERT INTO hand_over (id, from_id, unit_id, shares, kinds, reason, leaves, returns_id,
                               state, problem, records, asked_by, asked_at, done_at, sequence)
        SELECT id, from_id, unit_id, shares, kinds, reason, leaves, returns_id,
               state, problem, records, asked_by, asked_at, done_at, sequence
          FROM jsonb_populate_record(NULL::hand_over, $1)
            ON CONFLICT (id) DO UPDATE
           SET state = excluded.state,
               problem = excluded.problem,
               records = excluded.records,
               done_at = excluded.done_at,
               sequence = excluded.sequence
        """,
        asdict(asked),
    )


async def held_by(tx: Tx, person_id: UUID, kinds: Sequence[SubjectKind]) -> list[UUID]:
    """The ownerships of what somebody has and what is not over, in the order of their locks."""
    rows = await tx.fetch(
        """
        SELECT ownership.id
          FROM ownership
          LEFT JOIN deal ON ownership.subject_kind = 'opportunity' AND deal.id = subject_id
         WHERE ownership.owner_id = $1
           AND ownership.subject_kind = ANY($2::text[])
           AND ownership.open
           AND (ownership.subject_kind <> 'opportunity' OR deal.status = 'open')
         ORDER BY ownership.id
        """,
        person_id,
        list(kinds),
    )
    return [row["id"] for row in rows]


async def still_with_takers(tx: Tx, hand_over_id: UUID) -> list[UUID]:
    """The ownerships that those who took them over still have, in the order of their locks."""
    rows = await tx.fetch(
        """
        SELECT ownership.id
          FROM hand_over_item AS item
          JOIN ownership ON ownership.id = item.record_id AND ownership.owner_id = item.to_id
          LEFT JOIN deal ON ownership.subject_kind = 'opportunity' AND deal.id = item.subject_id
         WHERE item.hand_over_id = $1
           AND ownership.open
           AND (ownership.subject_kind <> 'opportunity' OR deal.status = 'open')
         ORDER BY ownership.id
        """,
        hand_over_id,
    )
    return [row["id"] for row in rows]


async def records(tx: Tx, ownership_ids: Sequence[UUID]) -> dict[UUID, Record]:
    """What shares may ask of these."""
    rows = await tx.fetch(
        """
        SELECT ownership.id, ownership.subject_kind AS kind, ownership.subject_id,
               coalesce(customer.id, lead.customer_id) AS customer_id,
               coalesce(customer.region, lead.region, '') AS region,
               coalesce(customer.industry, lead.industry, '') AS industry,
               coalesce(customer.name, lead.company_name, '') AS company
          FROM ownership
          LEFT JOIN lead_copy AS lead
                 ON ownership.subject_kind = 'lead' AND lead.id = ownership.subject_id
          LEFT JOIN deal
                 ON ownership.subject_kind = 'opportunity' AND deal.id = ownership.subject_id
          LEFT JOIN customer_copy AS customer
                 ON customer.id = CASE ownership.subject_kind
                                  WHEN 'customer' THEN ownership.subject_id
                                  ELSE coalesce(deal.customer_id, lead.customer_id) END
         WHERE ownership.id = ANY($1::uuid[])
        """,
        list(ownership_ids),
    )
    return {row["id"]: Record(**row) for row in rows}


async def lines_of(
    tx: Tx, person_id: UUID, *, returns_id: UUID | None
) -> list[tuple[CustomerLine, Record]]:
    """Product lines with customers that somebody answers for, or that those who took them over still do."""
    rows = await tx.fetch(
        """
        SELECT line.id, line.customer_id, line.product_line, line.owner_id, line.unit_id,
               line.since, line.sequence, coalesce(customer.region, '') AS region,
               coalesce(customer.industry, '') AS industry, coalesce(customer.name, '') AS company
          FROM customer_line AS line
          LEFT JOIN customer_copy AS customer ON customer.id = line.customer_id
         WHERE CASE WHEN $2::uuid IS NULL THEN line.owner_id = $1
                    ELSE EXISTS (SELECT FROM hand_over_item AS item
                                  WHERE item.hand_over_id = $2
                                    AND item.record_id = line.id
                                    AND item.to_id = line.owner_id) END
         ORDER BY line.id
           FOR UPDATE OF line
        """,
        person_id,
        returns_id,
    )
    told = ("region", "industry", "company")
    return [
        (
            CustomerLine(**{name: value for name, value in row.items() if name not in told}),
            Record(
                id=row["id"],
                kind="customer_line",
                subject_id=row["customer_id"],
                customer_id=row["customer_id"],
                product_line=row["product_line"],
                **{name: row[name] for name in told},
            ),
        )
        for row in rows
    ]


async def add_items(tx: Tx, hand_over_id: UUID, items: Sequence[Item]) -> None:
    """Keep the list of what changed hands."""
    await tx.execute(
        """
        INSERT INTO hand_over_item
               (hand_over_id, record_id, subject_kind, subject_id, product_line, from_id, to_id)
        SELECT $1, *
          FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[])
        """,
        hand_over_id,
        [item.record.id for item in items],
        [item.record.kind for item in items],
        [item.record.subject_id for item in items],
        [item.record.product_line for item in items],
        [item.from_id for item in items],
        [item.to_id for item in items],
    )


def _hand_over(row: asyncpg.Record) -> HandOver:
    return HandOver(
        **{
            **dict(row),
            "kinds": tuple(row["kinds"]),
            "shares": tuple(
                Share(
                    person_id=UUID(share["person_id"]), weight=share["weight"], when=share["when"]
                )
                for share in row["shares"]
            ),
        }
    )
