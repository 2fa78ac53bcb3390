"""Finding out whether a lead is worth a seller's time."""

from datetime import datetime
from uuid import UUID

from services.leads.domain import qualification
from services.leads.domain.bant import Bant, QualificationPolicy
from services.leads.domain.conversion import Wish
from services.leads.domain.evidence import CRITERIA, Note, on_bant, on_meddic
from services.leads.domain.lead import Events, Lead
from services.leads.handlers.announcing import announce
from services.leads.handlers.conversion import convert_locked
from services.leads.repository import evidence, policy
from services.leads.repository import lead as leads
from shared import audit
from shared.db import Tx
from shared.ids import new_id


async def assess_lead(tx: Tx, *, lead_id: UUID, bant: Bant, by: UUID, now: datetime) -> Lead:
    """Grade the evidence; a lead that qualifies is converted at once where policy says so."""
    held = await leads.lock(tx, lead_id)
    rules = await policy.qualification(tx)

    assessed, events = qualification.assess(held, bant, by=by, policy=rules, now=now)

    await evidence.add_all(tx, _changes(held, bant, by=by, now=now))
    return await _assessed(tx, held, assessed, events, by=by, now=now)


async def note_evidence(tx: Tx, note: Note, *, by: UUID, now: datetime) -> Lead:
    """Write down what was found out about one criterion, and grade anew."""
    held = await leads.lock(tx, note.lead_id)
    rules = await policy.qualification(tx)

    assessed, events = await _with(tx, held, note, by=by, rules=rules, now=now)

    await evidence.add_all(tx, [note])
    return await _assessed(tx, held, assessed, events, by=by, now=now)


async def disqualify_lead(tx: Tx, *, lead_id: UUID, reason: str, by: UUID, now: datetime) -> Lead:
    """Give a lead up for good."""
    held = await leads.lock(tx, lead_id)

    held, events = qualification.disqualify(held, reason=reason, by=by, now=now)

    await leads.save_all(tx, [held])
    await announce(tx, [(held, events)], now=now)
    await audit.record(
        tx, action="lead.disqualified", subject_kind="lead", subject_id=lead_id, why=reason
    )
    return held


async def _with(
    tx: Tx, held: Lead, note: Note, *, by: UUID, rules: QualificationPolicy, now: datetime
) -> tuple[Lead, Events]:
    if note.framework == "bant":
        bant = on_bant(held.bant, note)
        return qualification.assess(held, bant, by=by, policy=rules, now=now)
    known = await evidence.meddic(tx, held.id)
    meddic = on_meddic(known, note)
    return qualification.assess_meddic(held, known, meddic, by=by, policy=rules, now=now)


async def _assessed(
    tx: Tx, before: Lead, held: Lead, events: Events, *, by: UUID, now: datetime
) -> Lead:
    await leads.save_all(tx, [held])
    await announce(tx, [(held, events)], now=now)
    await audit.record(
        tx,
        action="lead.assessed",
        subject_kind="lead",
        subject_id=held.id,
        after={"grade": held.bant_grade, "state": held.state},
    )
    converts_itself = (await policy.conversion(tx)).policy_for(held).trigger == "qualified"
    is_new = before.state == "open" and held.state == "qualified"
    if is_new and converts_itself and held.company_key:
        return await convert_locked(tx, held, wish=Wish(), by=by, now=now)
    return held


def _changes(held: Lead, bant: Bant, *, by: UUID, now: datetime) -> list[Note]:
    """A note for each criterion of which something else is known now."""
    found = {name: (getattr(held.bant, name), getattr(bant, name)) for name in CRITERIA["bant"]}
    return [
        Note(
            id=new_id(),
            lead_id=held.id,
            framework="bant",
            criterion=criterion,
            evidence=after.evidence,
            said_by=after.said_by,
            said_on=after.said_on,
            noted_by=by,
            noted_at=now,
        )
        for criterion, (before, after) in found.items()
        if before != after
    ]
