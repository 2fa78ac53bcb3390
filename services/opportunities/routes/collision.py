"""报备 and 撞单 over HTTP."""

from uuid import UUID

from fastapi import Response

from services.opportunities.domain.collision import State
from services.opportunities.domain.registration import Registration
from services.opportunities.domain.registration import State as RegistrationState
from services.opportunities.domain.subjects import company_core
from services.opportunities.handlers import collision as handlers
from services.opportunities.queries import collision as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.collision import (
    Appeal,
    CollisionOut,
    Conversion,
    Decision,
    EvidenceOut,
    NewRegistration,
    Precedent,
    RegistrationOut,
    Ruling,
)
from shared.ids import new_id
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door

registrations = door.router(prefix="/registrations", tags=["collisions"])
router = door.router(prefix="/collisions", tags=["collisions"])
SELLING = allow("seller", "team_lead", "manager", "operator")
DECIDING = allow("team_lead", "manager", "operator")


@registrations.post("", status_code=201, response_model=RegistrationOut, dependencies=[SELLING])
async def register(
    body: NewRegistration, tx: Tx, actor: Actor, now: Now, response: Response
) -> RegistrationOut:
    """Register (报备) what you work on: it is protected for a while, or contested if somebody else has it."""
    wanted = Registration(
        id=new_id(),
        customer_id=body.customer_id,
        lead_id=body.lead_id,
        company_name=body.company_name,
        company_core=company_core(body.company_name),
        project=body.project,
        product_line=body.product_line,
        owner_id=actor.id,
        unit_id=actor.unit_id,
        registered_at=now,
    )
    made = await handlers.register(tx, wanted=wanted, by=actor)
    response.headers["Location"] = f"/registrations/{made.id}"
    return found(await queries.registration(tx, made.id))


@registrations.get("", response_model=Page[RegistrationOut], dependencies=[allow(*EVERYBODY)])
async def list_registrations(
    tx: Tx, page: PageParams, state: RegistrationState | None = None
) -> Page[RegistrationOut]:
    """What is registered in your part of the organisation, the latest first; dealers see only theirs."""
    items = await queries.registrations(tx, page, state=state)
    return page.page(items, sort=lambda item: (item.registered_at, item.id))


@registrations.get(
    "/{registration_id}", response_model=RegistrationOut, dependencies=[allow(*EVERYBODY)]
)
async def get_registration(registration_id: UUID, tx: Tx) -> RegistrationOut:
    """One registration."""
    return found(await queries.registration(tx, registration_id))


@registrations.put(
    "/{registration_id}/decision", response_model=RegistrationOut, dependencies=[DECIDING]
)
async def decide(
    registration_id: UUID, body: Decision, tx: Tx, actor: Actor, now: Now
) -> RegistrationOut:
    """Let a contested registration protect, or refuse it."""
    await handlers.decide(
        tx,
        registration_id=registration_id,
        approve=body.approve,
        reason=body.reason,
        by=actor,
        now=now,
    )
    return found(await queries.registration(tx, registration_id))


@registrations.post(
    "/{registration_id}/extensions", response_model=RegistrationOut, dependencies=[SELLING]
)
async def extend(registration_id: UUID, tx: Tx, actor: Actor, now: Now) -> RegistrationOut:
    """Let it protect longer, as often as policy allows."""
    await handlers.extend(tx, registration_id=registration_id, by=actor, now=now)
    return found(await queries.registration(tx, registration_id))


@registrations.put(
    "/{registration_id}/opportunity", response_model=RegistrationOut, dependencies=[SELLING]
)
async def convert(
    registration_id: UUID, body: Conversion, tx: Tx, actor: Actor, now: Now
) -> RegistrationOut:
    """A deal has come of it."""
    await handlers.convert(
        tx,
        registration_id=registration_id,
        opportunity_id=body.opportunity_id,
        by=actor,
        now=now,
    )
    return found(await queries.registration(tx, registration_id))


@router.get("", response_model=Page[CollisionOut], dependencies=[allow(*EVERYBODY)])
async def list_collisions(
    tx: Tx, page: PageParams, state: State | None = None
) -> Page[CollisionOut]:
    """Deals (撞单) of your people that meet those of others, or are met by them."""
    items = await queries.collisions(tx, page, state=state)
    return page.page(items, sort=lambda item: (item.opened_at, item.id))


@router.get("/{collision_id}", response_model=CollisionOut, dependencies=[allow(*EVERYBODY)])
async def get_collision(collision_id: UUID, tx: Tx) -> CollisionOut:
    """One collision; of the other side only what you may see."""
    return found(await queries.collision(tx, collision_id))


@router.get(
    "/{collision_id}/evidence",
    response_model=list[EvidenceOut],
    dependencies=[allow(*EVERYBODY)],
)
async def list_evidence(collision_id: UUID, tx: Tx) -> list[EvidenceOut]:
    """What happened about the customer, from the first touch on; who did it, where you may see that."""
    found(await queries.collision(tx, collision_id))
    return await queries.evidence(tx, collision_id)


@router.get("/{collision_id}/precedents", response_model=list[Precedent], dependencies=[DECIDING])
async def list_precedents(collision_id: UUID, tx: Tx) -> list[Precedent]:
    """How something alike was ruled before."""
    found(await queries.collision(tx, collision_id))
    return await queries.precedents(tx, collision_id)


@router.put("/{collision_id}/ruling", response_model=CollisionOut, dependencies=[DECIDING])
async def rule(collision_id: UUID, body: Ruling, tx: Tx, actor: Actor, now: Now) -> CollisionOut:
    """Say whose it is: for those who see both sides, or the arbiters that policy names."""
    await handlers.rule(
        tx,
        collision_id=collision_id,
        outcome=body.outcome,
        reason=body.reason,
        by=actor,
        now=now,
    )
    return found(await queries.collision(tx, collision_id))


@router.post("/{collision_id}/appeal", response_model=CollisionOut, dependencies=[SELLING])
async def appeal(collision_id: UUID, body: Appeal, tx: Tx, actor: Actor, now: Now) -> CollisionOut:
    """Say why you do not agree: somebody else rules again."""
    await handlers.appeal(tx, collision_id=collision_id, reason=body.reason, by=actor, now=now)
    return found(await queries.collision(tx, collision_id))
