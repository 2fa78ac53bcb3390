"""The pool over HTTP."""

from uuid import UUID

from services.opportunities.handlers import pool as handlers
from services.opportunities.queries import ownership as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.ownership import OwnershipOut, PooledLead
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/pool", tags=["pool"])


@router.get("", response_model=Page[PooledLead], dependencies=[allow(*EVERYBODY)])
async def list_pool(tx: Tx, page: PageParams, actor: Actor) -> Page[PooledLead]:
    """Leads that wait to be claimed, the latest first; whom to contact is shown after the claim."""
    leads = await queries.pooled(tx, page, unit_id=actor.unit_id)
    return page.page(leads, sort=lambda lead: (lead.pooled_at, lead.ownership_id))


@router.put(
    "/{ownership_id}/owner",
    response_model=OwnershipOut,
    dependencies=[allow("seller", "team_lead", "manager")],
)
async def claim_from_pool(ownership_id: UUID, tx: Tx, actor: Actor, now: Now) -> OwnershipOut:
    """Take a lead out of the pool; of any number who try at once, exactly one has it."""
    await handlers.claim_from_pool(tx, ownership_id=ownership_id, by=actor, now=now)
    return found(await queries.one(tx, ownership_id))
