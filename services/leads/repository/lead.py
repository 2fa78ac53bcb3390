"""Leads, one or many at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.leads.domain.identity import Holder, Key
from services.leads.domain.lead import Lead
from services.leads.domain.refusals import LeadIsErased, LeadNotFound
from services.leads.repository.keys import holders, marks_of
from services.leads.repository.rows import (
    as_text,
    external_of,
    opened_row,
    place_of,
    sealed_columns,
)
from shared.contracts.leads import LeadFacts
from shared.db import Tx


async def lock(tx: Tx, lead_id: UUID) -> Lead:
    """One lead that the transaction may see, locked."""
    found = await lock_all(tx, [lead_id])
    if lead_id not in found:
        raise LeadNotFound(lead_id=lead_id)
    if found[lead_id].is_erased:
        raise LeadIsErased(lead_id=lead_id)
    return found[lead_id]


async def lock_all(tx: Tx, lead_ids: Sequence[UUID]) -> dict[UUID, Lead]:
    """Those of these leads that exist and that the transaction may see, locked in one fixed order."""
    if not lead_ids:
        return {}
    rows = await tx.fetch(
        """
        SELECT id, sequence, state, channel, source, origin, campaign, company_name, company_key,
               region, industry, product_id, credit_code, do_not_email, do_not_call,
               external_system, external_id, sealed, attributes, unit_id, owner_id, history,
               captured_at, touched_at, touches, score, grade, rules_version, score_due_at,
               bant_grade, disqualified_for, ended_at, outcome, customer_id, contact_id,
               opportunity_id, erased_at
          FROM lead
         WHERE id = ANY($1)
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
         ORDER BY id
           FOR UPDATE
        """,
        lead_ids,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return {row["id"]: lead_of(tx, row) for row in rows}


async def due_for_scoring(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Leads whose grade time alone has changed, locked, the longest overdue first."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE score_due_at <= $1
         ORDER BY score_due_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def add_unknown(
    tx: Tx,
    leads: Sequence[Lead],
    asked: Mapping[Key, UUID],
    *,
    hashes: Mapping[Key, bytes],
) -> dict[Key, Holder]:
    """Ask for keys on behalf of leads, and store those that got all of theirs; who holds the keys.

    Keys are taken in the order of their marks, the same for everybody. A key that another transaction is
    just claiming is waited for, and so is a consumer that is just writing down what it heard of the
    same lead: what was heard of its owner before it came here holds. Only a key inserted here has
    no deleting transaction (`xmax`). `hashes` tell how the rows of imported records look now.
    """
    if not leads:
        return {}
    marks = marks_of(tx, asked)
    rows = await tx.fetch(
        """
        WITH asked AS MATERIALIZED (
            SELECT kind, value, lead_id, row_hash, place
              FROM unnest($2::text[], $3::text[], $4::uuid[], $5::bytea[]) WITH ORDINALITY
                AS asked (kind, value, lead_id, row_hash, place)
        ), claimed AS (
            INSERT INTO lead_identity AS held (kind, value, lead_id, row_hash)
            SELECT kind, value, lead_id, row_hash
              FROM asked
             ORDER BY place
                ON CONFLICT (kind, value)
                DO UPDATE
               SET row_hash = coalesce(excluded.row_hash, held.row_hash)
            RETURNING kind, value, lead_id, xmax = 0 AS is_fresh
        ), new AS MATERIALIZED (
            SELECT *
              FROM json_populate_recordset(NULL::lead, $1)
             WHERE id NOT IN (SELECT asked.lead_id
                                FROM asked
                                JOIN claimed USING (kind, value)
                               WHERE NOT claimed.is_fresh)
        ), holder AS (
            INSERT INTO holding AS held (subject_kind, subject_id, unit_id, owner_id)
            SELECT 'lead', id, unit_id, owner_id
              FROM new
             ORDER BY id
                ON CONFLICT (subject_kind, subject_id)
                DO UPDATE
               SET unit_id = held.unit_id
            RETURNING subject_id, unit_id, owner_id, pool_id
        ), added AS (
            INSERT INTO lead
                   (id, sequence, state, channel, source, origin, campaign, company_name,
                    company_key, region, industry, product_id, credit_code, do_not_email,
                    do_not_call, external_system, external_id, sealed, phone_kind, has_mail,
                    attributes, unit_id, owner_id, pool_id, history, captured_at, touched_at,
                    touches, score, grade, rules_version, score_due_at, bant_grade,
                    disqualified_for, ended_at, outcome, customer_id, contact_id,
                    opportunity_id)
            SELECT id, sequence, state, channel, source, origin, campaign, company_name,
                   company_key, region, industry, product_id, credit_code, do_not_email,
                   do_not_call, external_system, external_id, sealed, phone_kind, has_mail,
                   attributes, holder.unit_id, holder.owner_id, holder.pool_id, history,
                   captured_at, touched_at, touches, score, grade, rules_version, score_due_at,
                   bant_grade, disqualified_for, ended_at, outcome, customer_id, contact_id,
                   opportunity_id
              FROM new
              JOIN holder ON holder.subject_id = new.id
        )
        SELECT kind, value, lead_id, is_fresh
          FROM claimed
        """,
        [_row(tx, lead) for lead in leads],
        [key.kind for key in marks],
        list(marks.values()),
        [asked[key] for key in marks],
        [hashes.get(key) for key in marks],
    )
    return holders(marks, rows)


async def save_all(tx: Tx, leads: Sequence[Lead]) -> None:
    """Store what was decided about locked leads. Unit and owner follow other events."""
    if not leads:
        return
    await tx.execute(
        """
        UPDATE lead
           SET sequence = new.sequence,
               state = new.state,
               source = new.source,
               origin = new.origin,
               campaign = new.campaign,
               company_name = new.company_name,
               company_key = new.company_key,
               region = new.region,
               industry = new.industry,
               product_id = new.product_id,
               credit_code = new.credit_code,
               do_not_email = new.do_not_email,
               do_not_call = new.do_not_call,
               external_system = new.external_system,
               external_id = new.external_id,
               sealed = new.sealed,
               phone_kind = new.phone_kind,
               has_mail = new.has_mail,
               attributes = new.attributes,
               touched_at = new.touched_at,
               touches = new.touches,
               score = new.score,
               grade = new.grade,
               rules_version = new.rules_version,
               score_due_at = new.score_due_at,
               bant_grade = new.bant_grade,
               disqualified_for = new.disqualified_for,
               ended_at = new.ended_at,
               history = new.history,
               outcome = new.outcome,
               customer_id = new.customer_id,
               contact_id = new.contact_id,
               opportunity_id = new.opportunity_id
          FROM json_populate_recordset(NULL::lead, $1) AS new
         WHERE lead.id = new.id
        """,
        [_row(tx, lead) for lead in leads],
    )


def lead_of(tx: Tx, row: Record) -> Lead:
    """The lead in a row."""
    said = opened_row(tx, "lead", row)
    return Lead(
        id=row["id"],
        sequence=row["sequence"],
        state=row["state"],
        facts=LeadFacts(
            channel=row["channel"],
            source=row["source"],
            origin=row["origin"],
            campaign=row["campaign"],
            company_name=row["company_name"],
            region=row["region"],
            industry=row["industry"],
            product_id=row["product_id"],
            credit_code=row["credit_code"],
            do_not_email=row["do_not_email"],
            do_not_call=row["do_not_call"],
            external=external_of(row),
        ),
        person=said.person,
        attributes={**row["attributes"], **said.attributes}
        if said.attributes
        else row["attributes"],
        company_key=row["company_key"],
        unit_id=row["unit_id"],
        owner_id=row["owner_id"],
        history=row["history"],
        captured_at=row["captured_at"],
        touched_at=row["touched_at"],
        touches=row["touches"],
        score=row["score"],
        grade=row["grade"],
        rules_version=row["rules_version"],
        score_due_at=row["score_due_at"],
        bant=said.bant,
        bant_grade=row["bant_grade"],
        disqualified_for=row["disqualified_for"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        customer_id=row["customer_id"],
        contact_id=row["contact_id"],
        opportunity_id=row["opportunity_id"],
        is_erased=row["erased_at"] is not None,
    )


def _row(tx: Tx, lead: Lead) -> Mapping[str, object]:
    facts, external = dict(lead.facts), lead.facts.external
    del facts["external"]
    sealed, attributes = sealed_columns(
        tx, place_of("lead", lead.id), lead.person, lead.attributes, lead.bant
    )
    return {
        **facts,
        "sealed": as_text(sealed),
        "phone_kind": lead.person.phone.kind if lead.person.phone else None,
        "has_mail": bool(lead.person.mail),
        "external_system": external.system if external else None,
        "external_id": external.id if external else None,
        "id": lead.id,
        "sequence": lead.sequence,
        "state": lead.state,
        "attributes": attributes,
        "company_key": lead.company_key,
        "unit_id": lead.unit_id,
        "owner_id": lead.owner_id,
        "history": lead.history,
        "captured_at": lead.captured_at,
        "touched_at": lead.touched_at,
        "touches": lead.touches,
        "score": lead.score,
        "grade": lead.grade,
        "rules_version": lead.rules_version,
        "score_due_at": lead.score_due_at,
        "bant_grade": lead.bant_grade,
        "disqualified_for": lead.disqualified_for,
        "ended_at": lead.ended_at,
        "outcome": lead.outcome,
        "customer_id": lead.customer_id,
        "contact_id": lead.contact_id,
        "opportunity_id": lead.opportunity_id,
    }
