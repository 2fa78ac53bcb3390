"""Taking leads and customers out of pools, and giving them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import pool
from services.opportunities.domain.ownership import Owner, Ownership
from services.opportunities.domain.person import Person, PersonUnavailable
from services.opportunities.domain.pool import (
    UNTOUCHED,
    AlreadyOwned,
    Claimant,
    Facts,
    HasOpenDeals,
    NotPooled,
    NotYourPool,
    Pool,
    PoolPolicy,
    Pools,
)
from services.opportunities.handlers import business_time, policies
from services.opportunities.handlers.owned import audit_of
from services.opportunities.repository import ownership as ownerships
from services.opportunities.repository import person as people
from services.opportunities.repository import pool as repository
from services.opportunities.repository import routing as counts
from shared import audit, outbox
from shared.db import Tx
from shared.principals import Principal
from shared.refusals import NotFound, Refused


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Something that nobody follows up: its owner is warned, or it goes back to its pool."""

    ownership_id: UUID
    policy: PoolPolicy
    warns: bool


async def places(tx: Tx, records: Mapping[UUID, tuple[Facts, UUID]]) -> dict[UUID, Pool | None]:
    """Where each of these records, with what is known of it and its unit, waits from now on."""
    if not records:
        return {}
    above = await repository.above(tx, {unit_id for _, unit_id in records.values()})
    known = Pools(policies=await policies.pools(tx), above=above)
    found = {record_id: known.of(*record) for record_id, record in records.items()}
    await repository.open_all(tx, {place for place in found.values() if place})
    return found


async def claim_from_pool(tx: Tx, *, ownership_id: UUID, by: Principal, now: datetime) -> Ownership:
    """Take something out of a pool: of any number who try at once, exactly one has it."""
    async with tx.as_service():
        held = (await ownerships.lock(tx, [ownership_id])).get(ownership_id)
    if held is None or not (pool.was_offered(held) or await ownerships.sees(tx, ownership_id)):
        raise NotFound
    if held.owner_id is not None:
        raise AlreadyOwned
    policy = await _policy_of(tx, held)
    if held.pool_id and not await repository.serves(
        tx, await repository.of_id(tx, held.pool_id), by.unit_id
    ):
        raise NotYourPool
    person = (await people.lock(tx, [by.id])).get(by.id)
    if person is None or not person.active:
        raise PersonUnavailable(person=by.id)
    claimant = await _claimant(tx, person, held, policy=policy, now=now)
    respond_by = await business_time.deadline(
        tx, now, policy.respond_within, unit_id=person.unit_id
    )

    claimed, events = pool.claim(held, by=claimant, policy=policy, respond_by=respond_by, now=now)

    await ownerships.save(tx, [claimed])
    await counts.add_taken(tx, {person.id: 1}, day=await business_time.today(tx, now))
    await outbox.append(tx, claimed, events, at=now)
    await audit.record_all(
        tx,
        [audit_of(held, (claimed, events), why=f"pool {policy.name}, policy {policy.version}")],
    )
    return claimed


async def claim_many(
    tx: Tx, *, ownership_ids: Sequence[UUID], by: Principal, now: datetime
) -> dict[UUID, Refused | None]:
    """Take what can be had of these; what is refused, is refused by itself."""
    found: dict[UUID, Refused | None] = {}
    for ownership_id in sorted(set(ownership_ids)):
        try:
            async with tx.savepoint():
                await claim_from_pool(tx, ownership_id=ownership_id, by=by, now=now)
            found[ownership_id] = None
        except Refused as refused:
            found[ownership_id] = refused
    return found


async def give_back(tx: Tx, *, ownership_id: UUID, reason: str, now: datetime) -> Ownership:
    """Return something to its pool: its owner may, and whoever leads their unit."""
    held = (await ownerships.lock(tx, [ownership_id])).get(ownership_id)
    if held is None:
        raise NotFound
    if held.subject_kind == "customer" and await repository.has_open_deals(tx, held.subject_id):
        raise HasOpenDeals
    known = await repository.facts(tx, held.subject_kind, [held.subject_id])
    facts = known.get(held.subject_id, Facts(kind=held.subject_kind))
    to = (await places(tx, {held.id: (facts, held.unit_id)}))[held.id]
    if to is None:
        raise NotPooled

    returned, events = pool.give_back(held, to=to, reason=reason, now=now)

    await ownerships.save(tx, [returned])
    await outbox.append(tx, returned, events, at=now)
    await audit.record_all(tx, [audit_of(held, (returned, events), why=reason)])
    return returned


async def hold(tx: Tx, *, ownership_id: UUID, until: datetime | None, reason: str) -> None:
    """Let the clocks of something stand still until then, or run again."""
    held = (await ownerships.lock(tx, [ownership_id])).get(ownership_id)
    if held is None:
        raise NotFound
    await repository.hold(tx, ownership_id, until=until, reason=reason)
    await audit.record(
        tx,
        action="ownership.held" if until else "ownership.resumed",
        subject_kind="ownership",
        subject_id=ownership_id,
        after={"hold_until": until.isoformat()} if until else None,
        why=reason,
    )


async def stale(tx: Tx, *, now: datetime, limit: int) -> list[Stale]:
    """What goes back to a pool now, and of what its owner is to be warned."""
    found: dict[UUID, Stale] = {}
    today = await business_time.today(tx, now)
    for policy in await policies.pools(tx):
        if policy.recycling is None:
            continue
        gone = now - policy.recycling.untouched_for
        for warns, since in ((False, gone), (True, gone + policy.recycling.warned_before)):
            ids = await repository.untouched(
                tx,
                policy,
                since=since,
                today=today,
                to_warn=warns,
                now=now,
                limit=limit - len(found),
            )
            for ownership_id in ids:
                found.setdefault(
                    ownership_id, Stale(ownership_id=ownership_id, policy=policy, warns=warns)
                )
    return list(found.values())


async def recycle(tx: Tx, due: Sequence[Stale], *, now: datetime) -> None:
    """Warn owners, and put what they leave undone all the same back into pools."""
    held = await ownerships.lock(tx, [item.ownership_id for item in due])
    await repository.open_all(tx, {item.policy.pool for item in due})
    pooled = [(held[item.ownership_id], item.policy.pool) for item in due if not item.warns]
    returned = [
        (before, pool.give_back(before, to=to, reason=UNTOUCHED, now=now)) for before, to in pooled
    ]
    warned = [
        pool.warn(
            held[item.ownership_id],
            pool=item.policy.pool,
            recycled_at=now + item.policy.recycling.warned_before,
            now=now,
        )
        for item in due
        if item.warns and item.policy.recycling
    ]
    await ownerships.save(tx, [*(after for _, (after, _) in returned), *(a for a, _ in warned)])
    await repository.note_warned(tx, [after.id for after, _ in warned], now=now)
    await outbox.append_all(tx, [done for _, done in returned], at=now)
    await outbox.append_all(tx, warned, at=now)
    await audit.record_all(tx, [audit_of(before, done, why=UNTOUCHED) for before, done in returned])


async def _policy_of(tx: Tx, held: Ownership) -> PoolPolicy:
    known = {policy.pool.id: policy for policy in await policies.pools(tx)}
    first = known[pool.LEAD_POOL]
    return known.get(held.pool_id, first) if held.pool_id else first


async def _claimant(
    tx: Tx, person: Person, held: Ownership, *, policy: PoolPolicy, now: datetime
) -> Claimant:
    today = await business_time.today(tx, now)
    return Claimant(
        owner=Owner(person_id=person.id, unit_id=person.unit_id),
        holds=await repository.count_held(tx, person.id, kind=held.subject_kind),
        taken_today=(await counts.count_taken(tx, [person.id], day=today)).get(person.id, 0),
        open_cap=person.open_cap if held.subject_kind == "lead" else None,
        daily_cap=person.daily_cap,
        exempt=not policy.exempt.isdisjoint(person.roles),
    )
