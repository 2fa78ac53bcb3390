"""Turning leads into customers and deals."""

from uuid import UUID

from services.leads.domain.lead import Lead
from services.leads.handlers import conversion as handlers
from services.leads.handlers import undoing
from services.leads.queries import conversion as queries
from services.leads.schemas.conversion import (
    ConversionIn,
    ConversionLine,
    ConversionOut,
    ConversionsIn,
    ConversionsOut,
    StandingOut,
    UndoIn,
)
from shared.refusals import Refused
from shared.web import EVERYBODY, Actor, Now, Tx, allow, door
from shared.web.problems import problem_of

router = door.router(prefix="/leads", tags=["conversion"])
bulk = door.router(prefix="/conversions", tags=["conversion"])


@router.post(
    "/{lead_id}/convert",
    status_code=201,
    dependencies=[allow("seller", "team_lead", "manager")],
)
async def convert_lead(
    lead_id: UUID, wish: ConversionIn, tx: Tx, actor: Actor, now: Now
) -> ConversionOut:
    """Make customer, contact and, if wanted, a deal of a lead: all of it or nothing."""
    converted = await handlers.convert_lead(
        tx, lead_id=lead_id, wish=wish.wish, by=actor.id, now=now
    )
    return ConversionOut.model_validate(converted, from_attributes=True)


@router.get("/{lead_id}/conversions", dependencies=[allow(*EVERYBODY)])
async def list_conversions(lead_id: UUID, tx: Tx) -> list[StandingOut]:
    """What the lead's conversions made and whether they stand, the latest first."""
    return await queries.of_lead(tx, lead_id)


@router.post(
    "/{lead_id}/conversion/undo",
    status_code=202,
    dependencies=[allow("seller", "team_lead", "manager")],
)
async def undo_conversion(
    lead_id: UUID, wanted: UndoIn, tx: Tx, actor: Actor, now: Now
) -> StandingOut:
    """Take a conversion back: at once, or as soon as it is known that its deal has been left alone."""
    held = await undoing.undo_conversion(tx, lead_id=lead_id, why=wanted.why, by=actor.id, now=now)
    return StandingOut.model_validate(held, from_attributes=True)


@bulk.post("", dependencies=[allow("seller", "team_lead", "manager")])
async def convert_leads(wish: ConversionsIn, tx: Tx, actor: Actor, now: Now) -> ConversionsOut:
    """Convert up to 200 leads, each for itself: what one is refused does not hold up the others."""
    lead_ids = tuple(dict.fromkeys(wish.lead_ids))
    outcomes = await handlers.convert_many(
        tx, lead_ids=lead_ids, wish=wish.wish, by=actor.id, now=now
    )
    results = tuple(_line(*each) for each in zip(lead_ids, outcomes, strict=True))
    converted = sum(line.converted is not None for line in results)
    return ConversionsOut(converted=converted, refused=len(results) - converted, results=results)


def _line(lead_id: UUID, outcome: Lead | Refused) -> ConversionLine:
    if isinstance(outcome, Refused):
        return ConversionLine(lead_id=lead_id, problem=problem_of(outcome))
    converted = ConversionOut.model_validate(outcome, from_attributes=True)
    return ConversionLine(lead_id=lead_id, converted=converted)
