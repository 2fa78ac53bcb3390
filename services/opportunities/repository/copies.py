"""Own copies of what `leads` says of leads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.opportunities.domain.deal import Deal
from services.opportunities.domain.product import Product
from services.opportunities.domain.subjects import Routable, company_core
from services.opportunities.repository import response
from shared.access import ROOT_UNIT
from shared.contracts.leads import (
    LeadCaptured,
    LeadConverted,
    LeadQualified,
    LeadScored,
    LeadUpdated,
)
from shared.db import Tx


async def save_captured(tx: Tx, leads: Sequence[LeadCaptured]) -> None:
    """Keep what is known of new leads."""
    await tx.execute(
        """
        INSERT INTO lead_copy (id, channel, source, origin, campaign, company_name, company_core,
                               region, industry, product_id, external_system, external_id,
                               unit_id, assign_on, wanted_owner_id, score, grade, history,
                               captured_at)
        SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::uuid[], $11::text[], $12::text[],
                      $13::uuid[], $14::text[], $15::uuid[], $16::float8[], $17::text[],
                      $18::boolean[], $19::timestamptz[])
            ON CONFLICT (id) DO NOTHING
        """,
        [lead.lead_id for lead in leads],
        *_facts(leads),
        [lead.unit_id for lead in leads],
        [lead.assign_on for lead in leads],
        [lead.wanted_owner_id for lead in leads],
        [lead.score or 0.0 for lead in leads],
        [lead.grade or "C" for lead in leads],
        [lead.history for lead in leads],
        [lead.captured_at for lead in leads],
    )


async def save_updated(tx: Tx, leads: Sequence[LeadUpdated]) -> None:
    """Keep what has changed about leads."""
    await tx.execute(
        """
        UPDATE lead_copy
           SET channel = now.channel,
               source = now.source,
               origin = now.origin,
               campaign = now.campaign,
               company_name = now.company_name,
               company_core = now.company_core,
               region = now.region,
               industry = now.industry,
               product_id = now.product_id,
               external_system = now.external_system,
               external_id = now.external_id
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::uuid[], $11::text[], $12::text[])
            AS now (id, channel, source, origin, campaign, company_name, company_core, region,
                    industry, product_id, external_system, external_id)
         WHERE lead_copy.id = now.id
        """,
        [lead.lead_id for lead in leads],
        *_facts(leads),
    )


async def save_scored(tx: Tx, leads: Sequence[LeadScored]) -> None:
    """Keep how good leads look."""
    await tx.execute(
        """
        UPDATE lead_copy
           SET score = now.score,
               grade = now.grade
          FROM unnest($1::uuid[], $2::float8[], $3::text[]) AS now (id, score, grade)
         WHERE lead_copy.id = now.id
        """,
        [lead.lead_id for lead in leads],
        [lead.score for lead in leads],
        [lead.grade for lead in leads],
    )


async def save_qualified(tx: Tx, leads: Sequence[LeadQualified]) -> None:
    """Keep that leads are worth a seller's time."""
    await tx.execute(
        """
        UPDATE lead_copy
           SET qualified = true,
               grade = now.grade
          FROM unnest($1::uuid[], $2::text[]) AS now (id, grade)
         WHERE lead_copy.id = now.id
        """,
        [lead.lead_id for lead in leads],
        [lead.grade for lead in leads],
    )


async def save_closed(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Keep that nothing is left to do about leads; whoever holds them has room again."""
    await tx.execute(
        "UPDATE lead_copy SET open = false WHERE id = ANY($1::uuid[]) AND open", lead_ids
    )
    rows = await tx.fetch(
        """
        UPDATE ownership
           SET open = false
         WHERE subject_kind = 'lead'
           AND subject_id = ANY($1::uuid[])
           AND open
        RETURNING id
        """,
        lead_ids,
    )
    await response.stop(tx, [row["id"] for row in rows], now=tx.now)


async def save_reopened(tx: Tx, leads: Mapping[UUID, bool]) -> None:
    """Keep that something is to be done about leads again; who holds them has less room.

    What came as history is worked on like any other from now on, unless it came back as history.
    """
    await tx.execute(
        """
        UPDATE lead_copy
           SET open = true,
               history = lead_copy.history AND back.history
          FROM unnest($1::uuid[], $2::boolean[]) AS back (id, history)
         WHERE lead_copy.id = back.id
           AND (lead_copy.history OR NOT lead_copy.open)
        """,
        list(leads),
        list(leads.values()),
    )
    await tx.execute(
        """
        UPDATE ownership
           SET open = true
         WHERE subject_kind = 'lead'
           AND subject_id = ANY($1::uuid[])
           AND NOT open
        """,
        list(leads),
    )


async def save_unconverted(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Keep that leads are nobody's customer any more."""
    await tx.execute("UPDATE lead_copy SET customer_id = NULL WHERE id = ANY($1::uuid[])", lead_ids)


async def save_converted(tx: Tx, leads: Sequence[LeadConverted]) -> None:
    """Keep which customers leads became."""
    await tx.execute(
        """
        UPDATE lead_copy
           SET customer_id = now.customer_id
          FROM unnest($1::uuid[], $2::uuid[]) AS now (id, customer_id)
         WHERE lead_copy.id = now.id
        """,
        [lead.lead_id for lead in leads],
        [lead.customer_id for lead in leads],
    )


async def leads_to_route(
    tx: Tx, lead_ids: Collection[UUID], *, assign_on: str | None
) -> list[Routable]:
    """Those of the leads that policy routes on this occasion; nothing given means on any.

    A lead that somebody found is theirs from the start, whatever the policy.
    Beside the facts stands who owns the customer that bears the same name.
    """
    rows = await tx.fetch(
        """
        SELECT lead.id, lead.unit_id, lead.region, lead.industry, lead.source, lead.origin,
               lead.channel, lead.campaign, lead.company_name, lead.score, lead.grade,
               lead.wanted_owner_id, product.code AS product, customer.owner_id AS existing_owner_id
          FROM lead_copy AS lead
          LEFT JOIN product ON product.id = lead.product_id
          LEFT JOIN LATERAL (
               SELECT ownership.owner_id
                 FROM customer_copy
                 JOIN ownership ON ownership.subject_kind = 'customer'
                               AND ownership.subject_id = customer_going_on(customer_copy.id)
                WHERE customer_copy.company_core = lead.company_core
                  AND NOT customer_copy.withdrawn
                  AND ownership.owner_id IS NOT NULL
                ORDER BY ownership.since DESC, customer_copy.id
                LIMIT 1
               ) AS customer ON lead.company_core <> ''
         WHERE lead.id = ANY($1::uuid[])
           AND ($2::text IS NULL
                OR lead.assign_on = $2
                OR ($2 = 'capture' AND lead.wanted_owner_id IS NOT NULL))
           AND NOT lead.history
         ORDER BY lead.captured_at, lead.id
        """,
        list(lead_ids),
        assign_on,
    )
    return [routable(row) for row in rows]


async def customers_to_route(tx: Tx, customer_ids: Collection[UUID]) -> list[Routable]:
    """Those of the customers that came of leads, by what is known of these; nobody has a claim to them."""
    rows = await tx.fetch(
        "SELECT id, lead_id FROM customer_copy WHERE id = ANY($1::uuid[]) AND lead_id IS NOT NULL",
        list(customer_ids),
    )
    of_leads = {row["lead_id"]: row["id"] for row in rows}
    return [
        as_customer(lead, of_leads[lead.subject_id])
        for lead in await leads_to_route(tx, list(of_leads), assign_on=None)
    ]


def as_customer(lead: Routable, customer_id: UUID) -> Routable:
    """The customer that a lead became: whoever had a claim to the lead has none to it."""
    return replace(
        lead,
        kind="customer",
        subject_id=customer_id,
        wanted_owner_id=None,
        existing_owner_id=None,
    )


def as_deal(lead: Routable, deal: Deal, products: Mapping[UUID, Product]) -> Routable:
    """The deal that a lead became."""
    product = products.get(deal.product_id) if deal.product_id else None
    return replace(
        as_customer(lead, deal.id),
        kind="opportunity",
        product=product.code if product else "",
        amount=float(deal.amount),
    )


def routable(row: asyncpg.Record) -> Routable:
    """A lead as routing reads it."""
    return Routable(
        kind="lead",
        subject_id=row["id"],
        unit_id=row["unit_id"] or ROOT_UNIT,
        region=row["region"],
        industry=row["industry"],
        source=row["source"],
        origin=row["origin"],
        channel=row["channel"],
        campaign=row["campaign"],
        company=row["company_name"],
        product=row["product"] or "",
        score=row["score"],
        grade=row["grade"],
        wanted_owner_id=row["wanted_owner_id"],
        existing_owner_id=row["existing_owner_id"],
    )


def _facts(leads: Sequence[LeadCaptured] | Sequence[LeadUpdated]) -> tuple[Sequence[object], ...]:
    facts = [lead.facts for lead in leads]
    return (
        [fact.channel for fact in facts],
        [fact.source for fact in facts],
        [fact.origin for fact in facts],
        [fact.campaign for fact in facts],
        [fact.company_name for fact in facts],
        [company_core(fact.company_name) for fact in facts],
        [fact.region for fact in facts],
        [fact.industry for fact in facts],
        [fact.product_id for fact in facts],
        [fact.external.system if fact.external else None for fact in facts],
        [fact.external.id if fact.external else None for fact in facts],
    )
