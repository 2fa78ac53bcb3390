"""The pool over HTTP."""

from uuid import UUID

from services.opportunities.handlers import policies
from services.opportunities.handlers import pool as handlers
from services.opportunities.queries import ownership as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.ownership import (
    Claim,
    Claims,
    OwnershipOut,
    PooledCustomer,
    PooledLead,
    PoolOut,
)
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/pool", tags=["pool"])


@router.get("", response_model=Page[PooledLead], dependencies=[allow(*EVERYBODY)])
async def list_pool(tx: Tx, page: PageParams, actor: Actor) -> Page[PooledLead]:
    """Leads that wait to be claimed, the latest first; whom to contact is shown after the claim."""
    leads = await queries.pooled(tx, page, unit_id=actor.unit_id)
    return page.page(leads, sort=lambda lead: (lead.pooled_at, lead.ownership_id))


@router.get("/customers", response_model=Page[PooledCustomer], dependencies=[allow(*EVERYBODY)])
async def list_pooled_customers(tx: Tx, page: PageParams, actor: Actor) -> Page[PooledCustomer]:
    """Customers that wait to be claimed, the latest first."""
    customers = await queries.pooled_customers(tx, page, unit_id=actor.unit_id)
    return page.page(customers, sort=lambda one: (one.pooled_at, one.ownership_id))


@router.get("/policies", response_model=list[PoolOut], dependencies=[allow(*EVERYBODY)])
async def list_pools(tx: Tx) -> list[PoolOut]:
    """All pools, and what one may take from each."""
    return [
        PoolOut(
            name=policy.name,
            subject=policy.subject,
            unit_id=policy.unit_id,
            holding_cap=policy.holding_cap,
            daily_cap=policy.daily_cap,
            recycles_after_days=policy.recycling.untouched_for.days if policy.recycling else None,
            policy_version=policy.version,
        )
        for policy in await policies.pools(tx)
    ]


@router.post(
    "/claims",
    response_model=list[Claim],
    dependencies=[allow("seller", "team_lead", "manager")],
)
async def claim_many(body: Claims, tx: Tx, actor: Actor, now: Now) -> list[Claim]:
    """Take what can be had of these; each is claimed or refused by itself."""
    found = await handlers.claim_many(tx, ownership_ids=body.ownership_ids, by=actor, now=now)
    return [
        Claim(
            ownership_id=ownership_id,
            claimed=refused is None,
            problem=f"/problems/{refused.slug()}" if refused else "",
            detail=refused.message if refused else "",
        )
        for ownership_id, refused in found.items()
    ]


@router.put(
    "/{ownership_id}/owner",
    response_model=OwnershipOut,
    dependencies=[allow("seller", "team_lead", "manager")],
)
async def claim_from_pool(ownership_id: UUID, tx: Tx, actor: Actor, now: Now) -> OwnershipOut:
    """Take a lead out of the pool; of any number who try at once, exactly one has it."""
    await handlers.claim_from_pool(tx, ownership_id=ownership_id, by=actor, now=now)
    return found(await queries.one(tx, ownership_id))
