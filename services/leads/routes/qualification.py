"""Whether a lead is worth a seller's time."""

from uuid import UUID

from fastapi import Response

from services.leads.domain.evidence import Note
from services.leads.handlers import qualification as handlers
from services.leads.handlers import reopening
from services.leads.queries import evidence, returns
from services.leads.routes.lead import WORKERS, show_lead
from services.leads.schemas.evidence import EvidenceOut, NoteIn
from services.leads.schemas.lead import LeadOut
from services.leads.schemas.qualification import BantIn, DisqualificationIn, ReopeningIn, ReturnOut
from shared.ids import new_id
from shared.web import EVERYBODY, Actor, Now, Tx, allow, door

router = door.router(prefix="/leads", tags=["qualification"], private=True)


@router.put("/{lead_id}/bant", dependencies=[WORKERS])
async def assess_lead(
    lead_id: UUID, findings: BantIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> LeadOut:
    """Write down budget, authority, need and timing; the grade says whether it is qualified."""
    await handlers.assess_lead(tx, lead_id=lead_id, bant=findings.bant, by=actor.id, now=now)
    return await show_lead(lead_id, response, tx)


@router.get("/{lead_id}/evidence", dependencies=[allow(*EVERYBODY)])
async def show_evidence(lead_id: UUID, tx: Tx) -> EvidenceOut:
    """What is known by BANT and MEDDIC, who said it and when, with everything said before."""
    return await evidence.of_lead(tx, lead_id)


@router.post("/{lead_id}/evidence", status_code=201, dependencies=[WORKERS])
async def note_evidence(lead_id: UUID, said: NoteIn, tx: Tx, actor: Actor, now: Now) -> EvidenceOut:
    """Write down a claim about one criterion; the grade may qualify the lead."""
    note = Note(id=new_id(), lead_id=lead_id, noted_by=actor.id, noted_at=now, **said.model_dump())
    await handlers.note_evidence(tx, note, by=actor.id, now=now)
    return await evidence.of_lead(tx, lead_id)


@router.post("/{lead_id}/disqualification", status_code=201, dependencies=[WORKERS])
async def disqualify_lead(
    lead_id: UUID, why: DisqualificationIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> LeadOut:
    """Give a lead up."""
    await handlers.disqualify_lead(tx, lead_id=lead_id, reason=why.reason, by=actor.id, now=now)
    return await show_lead(lead_id, response, tx)


@router.post("/{lead_id}/reopening", status_code=201, dependencies=[WORKERS])
async def reopen_lead(
    lead_id: UUID, why: ReopeningIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> LeadOut:
    """Work again on a lead that was given up or lost."""
    await reopening.reopen_lead(tx, lead_id=lead_id, reason=why.reason, by=actor.id, now=now)
    return await show_lead(lead_id, response, tx)


@router.get("/{lead_id}/returns", dependencies=[allow(*EVERYBODY)])
async def list_returns(lead_id: UUID, tx: Tx) -> list[ReturnOut]:
    """How the lead had ended before, and why it came back, the latest first."""
    return await returns.of_lead(tx, lead_id)
