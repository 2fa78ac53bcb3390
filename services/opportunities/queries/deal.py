"""Deals as they are shown, each list within the caller's scope."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.opportunities.schemas.deal import OpportunityOut, TimelineEntry
from shared.contracts.base import ExternalId
from shared.db import Tx
from shared.web.cursor import Value


async def one(tx: Tx, id: UUID) -> OpportunityOut | None:
    """The deal, if it lies within the scope."""
    row = await tx.fetchrow(
        """
        SELECT deal.id, deal.customer_id, coalesce(customer.name, '') AS customer_name,
               deal.buyer_id, deal.dealer_id, deal.payer_id, deal.signed_by_id,
               deal.contact_id, deal.lead_id, deal.product_id, deal.amount, deal.list_value,
               deal.currency, deal.source, deal.attributes, deal.external_system, deal.external_id,
               deal.pipeline, deal.pipeline_version, deal.stage, deal.status, deal.probability,
               deal.stage_since, deal.owner_id, coalesce(owner.name, '') AS owner_name,
               deal.unit_id, deal.expected_close_on, deal.next_step, deal.next_step_on,
               deal.engaged_on, deal.closed_on, deal.reason, deal.competitor, deal.opened_at,
               ownership.last_activity_at, deal.sequence
          FROM deal
          LEFT JOIN customer_copy AS customer ON customer.id = deal.customer_id
          LEFT JOIN person AS owner ON owner.id = deal.owner_id
          LEFT JOIN ownership
                 ON ownership.subject_kind = 'opportunity'
                AND ownership.subject_id = deal.id
         WHERE deal.id = $1
           AND ($2 OR deal.unit_id = ANY($3::uuid[]) OR deal.owner_id = $4)
        """,
        id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return _shown(row) if row else None


async def page(
    tx: Tx,
    *,
    stage: str | None,
    status: str | None,
    owner_id: UUID | None,
    unit_id: UUID | None,
    pipeline: str | None,
    customer_id: UUID | None,
    dealer_id: UUID | None,
    after_at: Value,
    after_id: Value,
    limit: int,
) -> list[OpportunityOut]:
    """Deals the caller may see, the latest first; a unit includes those below it."""
    rows = await tx.fetch(
        """
        SELECT deal.id, deal.customer_id, coalesce(customer.name, '') AS customer_name,
               deal.buyer_id, deal.dealer_id, deal.payer_id, deal.signed_by_id,
               deal.contact_id, deal.lead_id, deal.product_id, deal.amount, deal.list_value,
               deal.currency, deal.source, deal.attributes, deal.external_system, deal.external_id,
               deal.pipeline, deal.pipeline_version, deal.stage, deal.status, deal.probability,
               deal.stage_since, deal.owner_id, coalesce(owner.name, '') AS owner_name,
               deal.unit_id, deal.expected_close_on, deal.next_step, deal.next_step_on,
               deal.engaged_on, deal.closed_on, deal.reason, deal.competitor, deal.opened_at,
               ownership.last_activity_at, deal.sequence
          FROM deal
          LEFT JOIN customer_copy AS customer ON customer.id = deal.customer_id
          LEFT JOIN person AS owner ON owner.id = deal.owner_id
          LEFT JOIN ownership
                 ON ownership.subject_kind = 'opportunity'
                AND ownership.subject_id = deal.id
         WHERE ($1 OR deal.unit_id = ANY($2::uuid[]) OR deal.owner_id = $3)
           AND ($4::text IS NULL OR deal.stage = $4)
           AND CASE WHEN $5::text IS NULL THEN deal.status <> 'withdrawn' ELSE deal.status = $5 END
           AND ($6::uuid IS NULL OR deal.owner_id = $6)
           AND ($7::uuid IS NULL OR deal.unit_id IN (
                   SELECT unit FROM access_closure WHERE ancestor = $7))
           AND ($8::text IS NULL OR deal.pipeline = $8)
           AND ($9::uuid IS NULL
                OR deal.customer_id IN (SELECT customer_with_merged($9)))
           AND ($10::uuid IS NULL OR deal.dealer_id = $10)
           AND ($11::timestamptz IS NULL OR (deal.opened_at, deal.id) < ($11, $12::uuid))
         ORDER BY deal.opened_at DESC, deal.id DESC
         LIMIT $13
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        stage,
        status,
        owner_id,
        unit_id,
        pipeline,
        customer_id,
        dealer_id,
        after_at,
        after_id,
        limit,
    )
    return [_shown(row) for row in rows]


async def timeline(tx: Tx, id: UUID) -> Sequence[TimelineEntry]:
    """What happened to a deal and what was done about it or its lead, the newest first."""
    rows = await tx.fetch(
        """
        SELECT entry.at, entry.kind, entry.by, coalesce(person.name, '') AS by_name,
               entry.from_stage, entry.to_stage, entry.text, entry.next_step, entry.next_step_on
          FROM (
                SELECT moved_at AS at, kind, moved_by AS by, from_stage, to_stage,
                       reason AS text, '' AS next_step, NULL::date AS next_step_on
                  FROM deal_move
                 WHERE deal_id = $1
                 UNION ALL
                SELECT done_at, kind, done_by, '', '', text, next_step, next_step_on
                  FROM activity
                 WHERE (subject_kind = 'opportunity' AND subject_id = $1)
                    OR (subject_kind = 'lead'
                        AND subject_id = (SELECT lead_id FROM deal WHERE id = $1))
               ) AS entry
          LEFT JOIN person ON person.id = entry.by
         ORDER BY entry.at DESC
         LIMIT 1000
        """,
        id,
    )
    return [TimelineEntry(**row) for row in rows]


def _shown(row: asyncpg.Record) -> OpportunityOut:
    values = dict(row)
    system, number = values.pop("external_system"), values.pop("external_id")
    return OpportunityOut(
        **values, external=ExternalId(system=system, id=number) if system else None
    )
