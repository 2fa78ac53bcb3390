"""Turning leads into customers and deals."""

from uuid import UUID

from services.leads.handlers import conversion as handlers
from services.leads.schemas.conversion import ConversionIn, ConversionOut
from shared.web import Actor, Now, Tx, allow, door

router = door.router(prefix="/leads", tags=["conversion"])


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
