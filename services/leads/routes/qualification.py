"""Whether a lead is worth a seller's time."""

from uuid import UUID

from fastapi import Response

from services.leads.handlers import qualification as handlers
from services.leads.routes.lead import WORKERS, show_lead
from services.leads.schemas.lead import LeadOut
from services.leads.schemas.qualification import BantIn, DisqualificationIn
from shared.web import Actor, Now, Tx, door

router = door.router(prefix="/leads", tags=["qualification"])


@router.put("/{lead_id}/bant", dependencies=[WORKERS])
async def assess_lead(
    lead_id: UUID, findings: BantIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> LeadOut:
    """Write down budget, authority, need and timing; the grade says whether it is qualified."""
    await handlers.assess_lead(tx, lead_id=lead_id, bant=findings.bant, by=actor.id, now=now)
    return await show_lead(lead_id, response, tx)


@router.post("/{lead_id}/disqualification", status_code=201, dependencies=[WORKERS])
async def disqualify_lead(
    lead_id: UUID, why: DisqualificationIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> LeadOut:
    """Give a lead up."""
    await handlers.disqualify_lead(tx, lead_id=lead_id, reason=why.reason, by=actor.id, now=now)
    return await show_lead(lead_id, response, tx)
