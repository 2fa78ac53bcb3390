"""Leads and their scores, as far as the reader may see them."""

from uuid import UUID

from services.leads.domain import masking
from services.leads.domain.refusals import LeadNotFound
from services.leads.queries.persons import is_owner, shown, shown_to
from services.leads.repository.rows import external_of, opened_row
from services.leads.schemas.lead import LeadFilter, LeadLine, LeadOut, ScoreOut, TouchOut
from shared.db import Tx
from shared.web import Page, PageRequest


async def lead_page(tx: Tx, wanted: LeadFilter, page: PageRequest) -> Page[LeadLine]:
    """Leads, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, state, grade, score, channel, source, origin, campaign, company_name, region,
               industry, product_id, sealed, do_not_email, do_not_call, unit_id, owner_id,
               pool_id, outcome, captured_at, touched_at, touches,
               ARRAY(SELECT tag FROM lead_tag WHERE lead_id = lead.id AND is_on ORDER BY tag) AS tags
          FROM lead
         WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
           AND CASE WHEN $4::text IS NULL THEN state NOT IN ('merged', 'withdrawn') ELSE state = $4 END
           AND ($5::text IS NULL OR grade = $5)
           AND ($6::text IS NULL OR channel = $6)
           AND ($7::text IS NULL OR source = $7)
           AND ($8::uuid IS NULL OR owner_id = $8)
           AND ($9::uuid IS NULL OR unit_id = $9)
           AND ($10::timestamptz IS NULL OR captured_at >= $10)
           AND ($11::timestamptz IS NULL OR captured_at < $11)
           AND ($12::text IS NULL
                OR EXISTS (SELECT FROM lead_tag WHERE lead_id = lead.id AND tag = $12 AND is_on))
           AND CASE $13::text
                    WHEN 'owner' THEN owner_id IS NOT NULL
                    WHEN 'pool' THEN owner_id IS NULL AND pool_id IS NOT NULL
                    WHEN 'nobody' THEN owner_id IS NULL AND pool_id IS NULL
                    ELSE true
               END
           AND ($14::timestamptz IS NULL OR (captured_at, id) < ($14, $15::uuid))
         ORDER BY captured_at DESC, id DESC
         LIMIT $16
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        wanted.state,
        wanted.grade,
        wanted.channel,
        wanted.source,
        wanted.owner_id,
        wanted.unit_id,
        wanted.captured_from,
        wanted.captured_before,
        wanted.tag,
        wanted.held_by,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    lines = [LeadLine.model_validate({**row, **shown_to(tx, "lead", row)}) for row in rows]
    return page.page(lines, sort=lambda line: (line.captured_at, line.id))


async def lead(tx: Tx, lead_id: UUID) -> LeadOut:
    """One lead, with everything about it."""
    row = await tx.fetchrow(
        """
        SELECT id, sequence, state, grade, score, channel, source, origin, campaign, company_name,
               region, industry, product_id, credit_code, external_system, external_id, sealed,
               attributes, do_not_email, do_not_call, unit_id, owner_id, pool_id, outcome, history,
               captured_at, touched_at, touches, rules_version, score_due_at, bant_grade,
               disqualified_for, customer_id, contact_id, opportunity_id, merged_into, erased_at,
               ARRAY(SELECT tag FROM lead_tag WHERE lead_id = lead.id AND is_on ORDER BY tag) AS tags
          FROM lead
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise LeadNotFound(lead_id=lead_id)
    said, is_mine = opened_row(tx, "lead", row), is_owner(tx, row)
    personal = said.attributes if is_mine else dict.fromkeys(said.attributes, masking.HIDDEN)
    return LeadOut.model_validate(
        {
            **row,
            **shown(said, is_owner=is_mine),
            "external": external_of(row),
            "address": said.person.address if is_mine else "",
            "notes": said.person.notes,
            "attributes": {**row["attributes"], **personal},
            "bant": said.bant,
        }
    )


async def touches(tx: Tx, lead_id: UUID) -> list[TouchOut]:
    """Every time they came, the first touch first."""
    rows = await tx.fetch(
        """
        SELECT touch.submission_id, touch.channel, touch.source, touch.origin, touch.campaign,
               touch.trail, touch.consent_version, touch.touched_at
          FROM lead
          JOIN touch ON touch.lead_id = lead.id
         WHERE lead.id = $1
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
         ORDER BY touch.touched_at, touch.id
         LIMIT 1000
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if not rows:
        raise LeadNotFound(lead_id=lead_id)
    return [TouchOut.model_validate(dict(row)) for row in rows]


async def scores(tx: Tx, lead_id: UUID) -> list[ScoreOut]:
    """Every score a lead had, the latest first."""
    rows = await tx.fetch(
        """
        SELECT lead_score.score, lead_score.grade, lead_score.reasons, lead_score.rules_version,
               lead_score.scored_at
          FROM lead
          JOIN lead_score ON lead_score.lead_id = lead.id
         WHERE lead.id = $1
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
         ORDER BY lead_score.id DESC
         LIMIT 200
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if not rows:
        raise LeadNotFound(lead_id=lead_id)
    return [ScoreOut.model_validate(dict(row)) for row in rows]
