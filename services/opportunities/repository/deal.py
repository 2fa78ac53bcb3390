"""Deals, read in order to change and written back; one function, one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

import asyncpg

from services.opportunities.domain.deal import Deal
from services.opportunities.domain.gate import Evidence
from services.opportunities.domain.ownership import Owner
from shared.contracts.base import ExternalId, SubjectKind
from shared.db import Tx

_FIELDS = tuple(field.name for field in fields(Deal) if field.name != "external")


async def lock(tx: Tx, id: UUID) -> Deal | None:
    """The deal, locked, if whoever asks may see it."""
    return (await lock_all(tx, [id])).get(id)


async def lock_all(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Deal]:
    """Those of the deals that exist and may be seen, locked in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT id, customer_id, buyer_id, dealer_id, payer_id, signed_by_id, contact_id, lead_id,
               product_id, amount, list_value, currency, source, attributes,
               external_system, external_id, pipeline, pipeline_version, stage, status, probability,
               stage_since, owner_id, unit_id, expected_close_on, next_step, next_step_on,
               engaged_on, closed_on, reason, competitor, opened_at, sequence
          FROM deal
         WHERE id = ANY($1::uuid[])
           AND ($2 OR unit_id = ANY($3::uuid[]) OR owner_id = $4)
         ORDER BY id
           FOR UPDATE
        """,
        ids,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return {row["id"]: _deal(row) for row in rows}


async def add(tx: Tx, deals: Sequence[Deal]) -> None:
    """Write new deals."""
    await tx.execute(
        """
        INSERT INTO deal
               (id, customer_id, buyer_id, dealer_id, payer_id, signed_by_id, contact_id, lead_id,
                product_id, amount, list_value, currency, source, attributes,
                external_system, external_id, pipeline, pipeline_version, stage, status, probability,
                stage_since, owner_id, unit_id, expected_close_on, next_step, next_step_on,
                engaged_on, closed_on, reason, competitor, opened_at, sequence)
        SELECT id, customer_id, buyer_id, dealer_id, payer_id, signed_by_id, contact_id, lead_id,
               product_id, amount, list_value, currency, source, attributes,
               external_system, external_id, pipeline, pipeline_version, stage, status, probability,
               stage_since, owner_id, unit_id, expected_close_on, next_step, next_step_on,
               engaged_on, closed_on, reason, competitor, opened_at, sequence
          FROM jsonb_populate_recordset(NULL::deal, $1)
        """,
        [_row(deal) for deal in deals],
    )


async def save(tx: Tx, deals: Sequence[Deal]) -> None:
    """Write changed deals back, all but what never changes; this transaction holds them locked."""
    await tx.execute(
        """
        UPDATE deal
           SET (customer_id, buyer_id, dealer_id, payer_id, signed_by_id, contact_id,
                product_id, amount, list_value, currency, source, attributes,
                pipeline, pipeline_version, stage, status, probability, stage_since,
                owner_id, unit_id, expected_close_on, next_step, next_step_on,
                engaged_on, closed_on, reason, competitor, opened_at, sequence)
             = (changed.customer_id, changed.buyer_id, changed.dealer_id, changed.payer_id,
                changed.signed_by_id, changed.contact_id, changed.product_id, changed.amount,
                changed.list_value, changed.currency, changed.source, changed.attributes,
                changed.pipeline, changed.pipeline_version, changed.stage, changed.status,
                changed.probability, changed.stage_since,
                changed.owner_id, changed.unit_id, changed.expected_close_on, changed.next_step,
                changed.next_step_on, changed.engaged_on, changed.closed_on, changed.reason,
                changed.competitor, changed.opened_at, changed.sequence)
          FROM jsonb_populate_recordset(NULL::deal, $1) AS changed
         WHERE deal.id = changed.id
        """,
        [_row(deal) for deal in deals],
    )


async def set_owners(tx: Tx, owners: Mapping[UUID, Owner]) -> None:
    """Let deals follow their ownership, in the transaction that gives them away."""
    if not owners:
        return
    await tx.execute(
        """
        UPDATE deal
           SET owner_id = given.owner_id,
               unit_id = given.unit_id
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS given (id, owner_id, unit_id)
         WHERE deal.id = given.id
           AND (deal.owner_id, deal.unit_id) <> (given.owner_id, given.unit_id)
        """,
        list(owners),
        [owner.person_id for owner in owners.values()],
        [owner.unit_id for owner in owners.values()],
    )


async def owners_of(tx: Tx, kind: SubjectKind, ids: Sequence[UUID]) -> dict[UUID, Owner]:
    """Who owns the subjects, as far as anybody does."""
    rows = await tx.fetch(
        """
        SELECT subject_id, owner_id, unit_id
          FROM ownership
         WHERE subject_kind = $1
           AND subject_id = ANY($2::uuid[])
           AND owner_id IS NOT NULL
        """,
        kind,
        ids,
    )
    return {
        row["subject_id"]: Owner(person_id=row["owner_id"], unit_id=row["unit_id"]) for row in rows
    }


async def owners_by_id(tx: Tx, person_ids: Sequence[UUID]) -> dict[UUID, Owner]:
    """Those of the ids that are people, with the unit each belongs to."""
    rows = await tx.fetch(
        "SELECT id, unit_id FROM person WHERE id = ANY($1::uuid[])",
        person_ids,
    )
    return {row["id"]: Owner(person_id=row["id"], unit_id=row["unit_id"]) for row in rows}


async def owner_of_last_resort(tx: Tx) -> Owner | None:
    """Whoever leads the enterprise, or the operator who has been there longest."""
    row = await tx.fetchrow(
        """
        SELECT person.id, person.unit_id
          FROM person
          LEFT JOIN unit ON unit.lead_person_id = person.id AND unit.kind = 'enterprise'
         WHERE person.active
           AND (unit.id IS NOT NULL OR 'operator' = ANY(person.roles))
         ORDER BY unit.id IS NULL, person.created_at, person.id
         LIMIT 1
        """
    )
    return Owner(person_id=row["id"], unit_id=row["unit_id"]) if row else None


async def member(tx: Tx, person_id: UUID) -> Owner | None:
    """The member of staff, if active and within sight of whoever asks."""
    row = await tx.fetchrow(
        """
        SELECT id, unit_id
          FROM person
         WHERE id = $1
           AND active
           AND ($2 OR unit_id = ANY($3::uuid[]) OR id = $4)
        """,
        person_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return Owner(person_id=row["id"], unit_id=row["unit_id"]) if row else None


async def evidence(tx: Tx, deal: Deal) -> Evidence:
    """What the deal's gates ask about: its product's code, and what was done about it or its lead."""
    rows = await tx.fetch(
        """
        SELECT 'product' AS what, code AS name, 0 AS times
          FROM product
         WHERE id = $2
         UNION ALL
        SELECT 'activity', kind, count(*)
          FROM activity
         WHERE (subject_kind = 'opportunity' AND subject_id = $1)
            OR (subject_kind = 'lead' AND subject_id = $3)
         GROUP BY kind
        """,
        deal.id,
        deal.product_id,
        deal.lead_id,
    )
    codes = [row["name"] for row in rows if row["what"] == "product"]
    return Evidence(
        product_code=codes[0] if codes else "",
        activities={row["name"]: row["times"] for row in rows if row["what"] == "activity"},
    )


async def note_moves(
    tx: Tx,
    deals: Sequence[Deal],
    *,
    kind: str,
    from_stages: Sequence[str],
    reasons: Sequence[str],
    by: UUID | None,
    at: datetime,
) -> None:
    """Remember where the deals went, and why."""
    await tx.execute(
        """
        INSERT INTO deal_move (deal_id, kind, from_stage, to_stage, reason, moved_by, moved_at)
        SELECT deal_id, $5, from_stage, to_stage, reason, $6, $7
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
            AS row (deal_id, from_stage, to_stage, reason)
        """,
        [deal.id for deal in deals],
        from_stages,
        [deal.stage for deal in deals],
        reasons,
        kind,
        by,
        at,
    )


def _row(deal: Deal) -> dict[str, object]:
    row = {name: getattr(deal, name) for name in _FIELDS}
    external = deal.external
    row["external_system"] = external.system if external else None
    row["external_id"] = external.id if external else None
    return row


def _deal(row: asyncpg.Record) -> Deal:
    values = dict(row)
    system, number = values.pop("external_system"), values.pop("external_id")
    return Deal(**values, external=ExternalId(system=system, id=number) if system else None)
