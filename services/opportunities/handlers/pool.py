"""Taking leads out of the pool, and giving them back."""

from datetime import datetime
from uuid import UUID

from services.opportunities.domain import pool
from services.opportunities.domain.ownership import Owner, Ownership
from services.opportunities.domain.person import PersonUnavailable
from services.opportunities.domain.pool import AlreadyOwned, Claimant, NotYourPool
from services.opportunities.handlers import business_time, policies
from services.opportunities.handlers.owned import audit_of
from services.opportunities.repository import ownership as ownerships
from services.opportunities.repository import person as people
from services.opportunities.repository import pool as repository
from services.opportunities.repository import routing as counts
from shared import audit, outbox
from shared.db import Tx
from shared.principals import Principal
from shared.refusals import NotFound


async def claim_from_pool(tx: Tx, *, ownership_id: UUID, by: Principal, now: datetime) -> Ownership:
    """Take a lead out of the pool: of any number who try at once, exactly one has it."""
    async with tx.as_service():
        held = (await ownerships.lock(tx, [ownership_id])).get(ownership_id)
    if held is None or not (pool.was_offered(held) or await ownerships.sees(tx, ownership_id)):
        raise NotFound
    if held.owner_id is not None:
        raise AlreadyOwned
    if held.pool_id and not await repository.serves(
        tx, await repository.of_id(tx, held.pool_id), by.unit_id
    ):
        raise NotYourPool
    policy = await policies.pool(tx)
    today = await business_time.today(tx, now)
    person = (await people.lock(tx, [by.id])).get(by.id)
    if person is None or not person.active:
        raise PersonUnavailable(person=by.id)
    claimant = Claimant(
        owner=Owner(person_id=person.id, unit_id=person.unit_id),
        holds=(await counts.count_held(tx, [by.id])).get(by.id, 0),
        taken_today=(await counts.count_taken(tx, [by.id], day=today)).get(by.id, 0),
        open_cap=person.open_cap,
        daily_cap=person.daily_cap,
    )
    respond_by = await business_time.deadline(
        tx, now, policy.respond_within, unit_id=person.unit_id
    )

    claimed, events = pool.claim(held, by=claimant, policy=policy, respond_by=respond_by, now=now)

    await ownerships.save(tx, [claimed])
    await counts.add_taken(tx, {person.id: 1}, day=today)
    await outbox.append(tx, claimed, events, at=now)
    await audit.record_all(
        tx, [audit_of(held, (claimed, events), why=f"pool policy {policy.version}")]
    )
    return claimed


async def give_back(tx: Tx, *, ownership_id: UUID, reason: str, now: datetime) -> Ownership:
    """Return a lead to the pool: its owner may, and whoever leads their unit."""
    held = (await ownerships.lock(tx, [ownership_id])).get(ownership_id)
    if held is None:
        raise NotFound
    leads = await repository.lead_pool(tx)

    returned, events = pool.give_back(held, to=leads, reason=reason, now=now)

    await ownerships.save(tx, [returned])
    await outbox.append(tx, returned, events, at=now)
    await audit.record_all(tx, [audit_of(held, (returned, events), why=reason)])
    return returned
