"""Finding out whether a lead is worth a seller's time."""

from datetime import datetime
from uuid import UUID

from services.leads.domain import qualification
from services.leads.domain.bant import Bant
from services.leads.domain.conversion import Wish
from services.leads.domain.lead import Lead
from services.leads.handlers.announcing import announce
from services.leads.handlers.conversion import convert_locked
from services.leads.repository import lead as leads
from services.leads.repository import policy
from shared import audit
from shared.db import Tx


async def assess_lead(tx: Tx, *, lead_id: UUID, bant: Bant, by: UUID, now: datetime) -> Lead:
    """Grade the evidence; a lead that qualifies is converted at once where policy says so."""
    held = await leads.lock(tx, lead_id)
    rules = await policy.qualification(tx)
    was_open = held.state == "open"

    held, events = qualification.assess(held, bant, by=by, policy=rules, now=now)

    await leads.save_all(tx, [held])
    await announce(tx, [(held, events)], now=now)
    await audit.record(
        tx,
        action="lead.assessed",
        subject_kind="lead",
        subject_id=lead_id,
        after={"grade": held.bant_grade, "state": held.state},
    )
    converts_itself = (await policy.conversion(tx)).policy_for(held).trigger == "qualified"
    if was_open and held.state == "qualified" and converts_itself and held.company_key:
        return await convert_locked(tx, held, wish=Wish(), by=by, now=now)
    return held


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
