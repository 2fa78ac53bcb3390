"""What is held of a person, and what became of those that were forgotten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.leads.domain.erasure import Circle, digest
from services.leads.domain.refusals import ErasureNotFound
from services.leads.repository import bodies, evidence
from services.leads.repository.rows import opened_row
from services.leads.schemas.privacy import BundleOut, ErasureOut, person_of
from shared.db import Tx
from shared.web import Page, PageRequest


async def bundle(tx: Tx, circle: Circle) -> BundleOut:
    """Everything that refers to these records, opened."""
    lead_ids = list(circle.lead_ids)
    return BundleOut(
        leads=[_person(tx, "lead", row) for row in await tx.fetch(_LEADS, lead_ids)],
        contacts=[
            _person(tx, "contact", row)
            for row in await tx.fetch(_CONTACTS, list(circle.contact_ids))
        ],
        evidence=[
            _without_seal({**row, **evidence.words(tx, row)})
            for row in await tx.fetch(_EVIDENCE, lead_ids)
        ],
        touches=[dict(row) for row in await tx.fetch(_TOUCHES, lead_ids)],
        submissions=[_sent(tx, row) for row in await tx.fetch(_SUBMISSIONS, lead_ids)],
        scores=[dict(row) for row in await tx.fetch(_SCORES, lead_ids)],
        done=[dict(row) for row in await tx.fetch(_DONE, [*lead_ids, *circle.contact_ids])],
    )


async def erasure(tx: Tx, erasure_id: UUID) -> ErasureOut:
    """One erasure, with how far it has come."""
    row = await tx.fetchrow(
        """
        SELECT id, subject_kind, subject_id, reason, asked_by, asked_at, lead_ids, contact_ids,
               erased, finished_at
          FROM erasure
         WHERE id = $1
        """,
        erasure_id,
    )
    if row is None:
        raise ErasureNotFound(erasure_id=erasure_id)
    return _certificate(row)


async def erasures(tx: Tx, page: PageRequest) -> Page[ErasureOut]:
    """Erasures, the latest first."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, reason, asked_by, asked_at, lead_ids, contact_ids,
               erased, finished_at
          FROM erasure
         WHERE $1::timestamptz IS NULL OR (asked_at, id) < ($1, $2::uuid)
         ORDER BY asked_at DESC, id DESC
         LIMIT $3
        """,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return page.page([_certificate(row) for row in rows], sort=lambda one: (one.asked_at, one.id))


def _certificate(row: Record) -> ErasureOut:
    shown = ErasureOut.model_validate(dict(row))
    if shown.finished_at is None:
        return shown
    said = shown.model_dump(mode="json", exclude={"sha256"})
    return shown.model_copy(update={"sha256": digest(said)})


def _person(tx: Tx, kind: str, row: Record) -> dict[str, Any]:
    said = opened_row(tx, kind, row)
    person = person_of(said)
    attributes = {**row.get("attributes", {}), **person.pop("attributes")}
    more = {"attributes": attributes, "bant": said.bant.model_dump()} if kind == "lead" else {}
    return _without_seal({**row, **person, "notes": said.person.notes, **more})


def _sent(tx: Tx, row: Record) -> dict[str, Any]:
    texts = {
        name: bodies.opened(tx, row["id"], row[name]).decode(errors="backslashreplace")
        for name in ("body", "opened", "mended")
        if row[name] is not None
    }
    return {**row, **dict.fromkeys(("body", "opened", "mended")), **texts}


def _without_seal(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "sealed"}


_LEADS = """
    SELECT id, sealed, attributes, state, channel, source, origin, campaign, company_name, region,
           industry, product_id, credit_code, do_not_email, do_not_call, external_system,
           external_id, unit_id, owner_id, captured_at, touched_at, touches, score, grade,
           bant_grade, disqualified_for, outcome, customer_id, contact_id, opportunity_id,
           merged_into, erased_at
      FROM lead
     WHERE id = ANY($1)
     ORDER BY captured_at, id
"""
_CONTACTS = """
    SELECT id, sealed, customer_id, lead_id, unit_id, owner_id, added_at, erased_at
      FROM contact
     WHERE id = ANY($1)
     ORDER BY added_at, id
"""
_EVIDENCE = """
    SELECT id, sealed, lead_id, framework, criterion, evidence, said_on, noted_by, noted_at
      FROM lead_evidence
     WHERE lead_id = ANY($1)
     ORDER BY noted_at, id
"""
_TOUCHES = """
    SELECT lead_id, submission_id, channel, source, origin, campaign, trail, consent_version,
           touched_at
      FROM touch
     WHERE lead_id = ANY($1)
     ORDER BY touched_at, id
"""
_SUBMISSIONS = """
    SELECT id, lead_id, channel, content_type, received_at, body, opened, mended
      FROM submission
     WHERE lead_id = ANY($1)
       AND erased_at IS NULL
     ORDER BY received_at, id
"""
_SCORES = """
    SELECT lead_id, score, grade, reasons, scored_at
      FROM lead_score
     WHERE lead_id = ANY($1)
     ORDER BY id
"""
_DONE = """
    SELECT at, actor_id, action, subject_kind, subject_id, why
      FROM audit
     WHERE subject_id = ANY($1)
     ORDER BY id
"""
