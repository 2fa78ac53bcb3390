"""Looking whom a new deal or registration meets, holding it, and ruling whose it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import collision, registration
from services.opportunities.domain.activity import SubjectNotFound
from services.opportunities.domain.collision import (
    Collision,
    CollisionPolicy,
    DealIsHeld,
    Outcome,
    Side,
)
from services.opportunities.domain.deal import Deal
from services.opportunities.domain.registration import Registration
from services.opportunities.domain.subjects import company_core
from services.opportunities.handlers import policies
from services.opportunities.handlers.unit import sees
from services.opportunities.repository import activity, catalogue, copies, merged
from services.opportunities.repository import collision as repository
from services.opportunities.repository import deal as deals
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal
from shared.refusals import Forbidden, NotFound

RULED_BY_REGISTRATION = "Registered before, and still protected."


async def hold_those_that_meet(tx: Tx, opened: Sequence[Deal], *, now: datetime) -> None:
    """New deals that meet what somebody else has are held until it is ruled whose they are."""
    policy = await policies.collisions(tx)
    with_customers = [deal for deal in opened if deal.customer_id is not None]
    for deal in sorted(with_customers, key=lambda deal: (str(deal.customer_id), deal.id)):
        await _hold(tx, deal, policy=policy, now=now)


async def refuse_held(tx: Tx, deal_id: UUID) -> None:
    """A deal that is held does not move."""
    if found := await repository.holding(tx, deal_id):
        raise DealIsHeld(collision_id=found)


async def rule(
    tx: Tx, *, collision_id: UUID, outcome: Outcome, reason: str, by: Principal, now: datetime
) -> Collision:
    """Whoever may says whose it is: somebody who sees both sides, or one of the named arbiters."""
    policy = await policies.collisions(tx)
    is_named = by.id in policy.arbiters
    async with tx.as_service():
        held = await repository.lock(tx, collision_id)
    if held is None:
        raise NotFound
    sees_both = sees(tx, held.unit_id) and sees(tx, held.other_unit_id)
    if policy.arbiters and not is_named:
        raise Forbidden
    if not (is_named or sees_both):
        raise NotFound
    return await _rule(tx, held, outcome=outcome, reason=reason, by=by.id, now=now)


async def appeal(
    tx: Tx, *, collision_id: UUID, reason: str, by: Principal, now: datetime
) -> Collision:
    """One side does not agree with the ruling."""
    held = await repository.lock(tx, collision_id)
    if held is None:
        raise NotFound
    policy = await policies.collisions(tx)

    after, events = collision.appeal(held, reason=reason, by=by.id, policy=policy, now=now)

    await _save(tx, after, events, action="collision.appealed", why=reason, now=now)
    return after


async def register(tx: Tx, *, wanted: Registration, by: Principal) -> Registration:
    """Register that somebody works on a customer or project."""
    policy = await policies.collisions(tx)
    if wanted.customer_id is not None:
        name = await repository.company_of(tx, wanted.customer_id)
        if name is None:
            raise NotFound
        wanted = _named(wanted, name, await merged.going_on(tx, wanted.customer_id))
    if wanted.lead_id is not None:
        wanted = await _about_lead(tx, wanted, wanted.lead_id)
    await repository.lock_registrations(tx)
    async with tx.as_service():
        met = await _met_by_registration(tx, wanted, policy=policy)

    made, events = registration.register(wanted, met=met, policy=policy)

    await repository.save_registrations(tx, [made])
    await outbox.append(tx, made, events, at=made.registered_at)
    await _note(tx, made, "registration.made", why="", by=by)
    return made


async def _about_lead(tx: Tx, wanted: Registration, lead_id: UUID) -> Registration:
    """The lead is one that the caller may see, and says which company it is about."""
    if await activity.subject(tx, "lead", lead_id) is None:
        raise SubjectNotFound(subject_kind="lead", subject_id=lead_id)
    if wanted.customer_id is not None or wanted.company_core:
        return wanted
    leads = await copies.leads_to_route(tx, [lead_id], assign_on=None)
    return _named(wanted, leads[0].company if leads else "", None)


async def decide(
    tx: Tx, *, registration_id: UUID, approve: bool, reason: str, by: Principal, now: datetime
) -> Registration:
    """Whoever leads the part where it was made decides about a contested registration; nobody about their own."""
    held = await _registration(tx, registration_id)
    if held.owner_id == by.id or not sees(tx, held.unit_id):
        raise Forbidden
    policy = await policies.collisions(tx)

    after, events = registration.decide(
        held, approve=approve, reason=reason, policy=policy, by=by.id, now=now
    )

    await _save_registration(tx, after, events, "registration.decided", why=reason, by=by, now=now)
    return after


async def extend(tx: Tx, *, registration_id: UUID, by: Principal, now: datetime) -> Registration:
    """Let it protect longer."""
    held = await _registration(tx, registration_id)
    policy = await policies.collisions(tx)

    after, events = registration.extend(held, policy=policy, by=by.id, now=now)

    await _save_registration(tx, after, events, "registration.extended", why="", by=by, now=now)
    return after


async def convert(
    tx: Tx, *, registration_id: UUID, opportunity_id: UUID, by: Principal, now: datetime
) -> Registration:
    """A deal has come of it."""
    held = await _registration(tx, registration_id)
    deal = await deals.lock(tx, opportunity_id)
    if deal is None:
        raise NotFound

    after, events = registration.convert(
        held,
        opportunity_id=deal.id,
        owner_id=deal.owner_id,
        customer_id=deal.customer_id,
        by=by.id,
        now=now,
    )

    await _save_registration(tx, after, events, "registration.converted", why="", by=by, now=now)
    return after


async def let_expire(tx: Tx, due: Sequence[Registration], *, now: datetime) -> None:
    """Time is up for these."""
    ended = [registration.end(held, state="expired", by=None, now=now) for held in due]
    await repository.save_registrations(tx, [held for held, _ in ended])
    await outbox.append_all(tx, ended, at=now)


async def _hold(tx: Tx, deal: Deal, *, policy: CollisionPolicy, now: datetime) -> None:
    if deal.customer_id is None or not policy.window:
        return
    await repository.lock_customer(tx, deal.customer_id)
    product_line = await _line_of(tx, deal)
    async with tx.as_service():
        about = await repository.about_customer(tx, deal.customer_id)
        met = await _met_by_deal(
            tx, deal, about.core, product_line=product_line, policy=policy, now=now
        )
    found = [
        collision.meet(
            Collision(
                id=new_id(),
                deal_id=deal.id,
                other_kind=side.kind,
                other_id=side.id,
                customer_id=deal.customer_id,
                product_line=product_line,
                region=about.region,
                industry=about.industry,
                owner_id=deal.owner_id,
                unit_id=deal.unit_id,
                other_owner_id=side.owner_id,
                other_unit_id=side.unit_id,
                opened_at=now,
            )
        )
        for side in met
        if side.owner_id != deal.owner_id
    ]
    if found:
        await _open(tx, found, policy=policy, now=now)


async def _met_by_deal(
    tx: Tx, deal: Deal, core: str, *, product_line: str, policy: CollisionPolicy, now: datetime
) -> list[Side]:
    if deal.customer_id is None:
        return []
    line = product_line if policy.by_product_line else None
    registered = await repository.registrations_met(
        tx, customer_id=deal.customer_id, company_core=core, product_line=line
    )
    opened = await repository.deals_met(
        tx, deal.customer_id, product_line=line, besides=deal.id, since=now - policy.window
    )
    return [*registered, *opened]


async def _open(
    tx: Tx,
    found: Sequence[tuple[Collision, collision.Events]],
    *,
    policy: CollisionPolicy,
    now: datetime,
) -> None:
    await repository.add(tx, [held for held, _ in found])
    await outbox.append_all(tx, found, at=now)
    await audit.record_all(
        tx,
        [
            audit.Entry(
                action="collision.opened",
                subject_kind="opportunity",
                subject_id=held.deal_id,
                after={"collision_id": str(held.id), "other_kind": held.other_kind},
            )
            for held, _ in found
        ],
    )
    if policy.ruled_by == "registration_first":
        for held, _ in found:
            if held.other_kind == "registration":
                await _rule(
                    tx, held, outcome="incumbent", reason=RULED_BY_REGISTRATION, by=None, now=now
                )


async def _line_of(tx: Tx, deal: Deal) -> str:
    if deal.product_id is None:
        return ""
    return await catalogue.series(tx, deal.product_id)


async def _met_by_registration(
    tx: Tx, wanted: Registration, *, policy: CollisionPolicy
) -> list[Side]:
    line = wanted.product_line if policy.by_product_line else None
    same_company = await repository.registrations_met(
        tx, customer_id=wanted.customer_id, company_core=wanted.company_core, product_line=line
    )
    same_project = [
        side
        for side, project in await repository.projects_protected(tx, product_line=line)
        if registration.is_same_project(wanted.project, project)
    ]
    met = {side.id: side for side in (*same_company, *same_project)}
    if wanted.customer_id is not None and policy.window:
        for side in await repository.deals_met(
            tx,
            wanted.customer_id,
            product_line=line,
            besides=None,
            since=wanted.registered_at - policy.window,
        ):
            met[side.id] = side
    return list(met.values())


def _named(wanted: Registration, name: str, customer_id: UUID | None) -> Registration:
    return replace(
        wanted, customer_id=customer_id, company_name=name, company_core=company_core(name)
    )


async def _rule(
    tx: Tx, held: Collision, *, outcome: Outcome, reason: str, by: UUID | None, now: datetime
) -> Collision:
    after, events = collision.rule(held, outcome=outcome, reason=reason, by=by, now=now)
    await _save(tx, after, events, action="collision.ruled", why=reason, now=now)
    if outcome == "newcomer" and held.other_kind == "registration":
        async with tx.as_service():
            other = await repository.lock_registration(tx, held.other_id)
            if other is not None and other.state == "protected":
                ended, said = registration.end(other, state="overruled", by=by, now=now)
                await repository.save_registrations(tx, [ended])
                await outbox.append(tx, ended, said, at=now)
    return after


async def _save(
    tx: Tx,
    after: Collision,
    events: collision.Events,
    *,
    action: str,
    why: str,
    now: datetime,
) -> None:
    async with tx.as_service():
        await repository.save(tx, after)
    await outbox.append(tx, after, events, at=now)
    await audit.record(
        tx,
        action=action,
        subject_kind="opportunity",
        subject_id=after.deal_id,
        after={"collision_id": str(after.id), "state": after.state, "outcome": after.outcome},
        why=why,
    )


async def _registration(tx: Tx, registration_id: UUID) -> Registration:
    held = await repository.lock_registration(tx, registration_id)
    if held is None:
        raise NotFound
    return held


async def _save_registration(
    tx: Tx,
    after: Registration,
    events: registration.Events,
    action: str,
    *,
    why: str,
    by: Principal,
    now: datetime,
) -> None:
    await repository.save_registrations(tx, [after])
    await outbox.append(tx, after, events, at=now)
    await _note(tx, after, action, why=why, by=by)


async def _note(tx: Tx, held: Registration, action: str, *, why: str, by: Principal) -> None:
    await audit.record(
        tx,
        action=action,
        subject_kind="registration",
        subject_id=held.id,
        after={"state": held.state, "by": str(by.id)},
        why=why,
    )
