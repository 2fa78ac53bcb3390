"""Giving leads to people, many at a time, each choice with its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.opportunities.domain import batch, receipt
from services.opportunities.domain import routing as choosing
from services.opportunities.domain.duty import off_until, seen
from services.opportunities.domain.ownership import (
    Decision,
    Owner,
    Ownership,
    Passed,
    let_pass,
    put_in_pool,
    vacant,
)
from services.opportunities.domain.pool import Facts
from services.opportunities.domain.routing import Choice, Reading, RuleSets, Staff
from services.opportunities.domain.subjects import Routable
from services.opportunities.domain.turns import Candidate, Desk
from services.opportunities.handlers import business_time, policies
from services.opportunities.handlers.owned import audit_of
from services.opportunities.handlers.pool import places
from services.opportunities.repository import absence, copies, deal, ownership, pool
from services.opportunities.repository import epoch as epochs
from services.opportunities.repository import routing as repository
from services.opportunities.repository.routing import ReceiptRow, Someone
from shared import audit, outbox
from shared.access import ROOT_UNIT
from shared.calendar import Calendar
from shared.consumer import Heard
from shared.contracts.leads import LeadCaptured, LeadQualified, LeadReopened
from shared.db import Tx
from shared.ids import new_id, ownership_id

NOT_YET = "not_assigned_yet"
"""Why a lead waits in the pool whose channel gives leads to nobody at capture."""

FITTING = {"best_fit", "best_batch"}
"""Strategies for which it matters how well somebody sells."""
JUDGED_BY = timedelta(days=2 * 365)
"""How far back deals tell how well somebody sells."""


@dataclass(frozen=True, kw_only=True)
class _Routed:
    """One subject's choice and what came of it."""

    choice: Choice
    rules_version: int
    receipt_id: UUID
    held: Ownership
    decision: Decision


async def route_captured(tx: Tx, batch: Sequence[Heard[LeadCaptured]], *, now: datetime) -> None:
    """Give new leads an owner, where policy says: at capture; the others wait in the pool."""
    lead_ids = [heard.event.lead_id for heard in batch]
    at_once = await copies.leads_to_route(tx, lead_ids, assign_on="capture")
    await route(tx, at_once, now=now)
    given = {subject.subject_id for subject in at_once}
    waiting = [heard.event for heard in batch if heard.event.lead_id not in given]
    await _let_wait(tx, [lead for lead in waiting if not lead.history], now=now)


async def route_qualified(tx: Tx, batch: Sequence[Heard[LeadQualified]], *, now: datetime) -> None:
    """Give qualified leads an owner, where policy says: not before."""
    lead_ids = [heard.event.lead_id for heard in batch]
    await route(tx, await copies.leads_to_route(tx, lead_ids, assign_on="qualification"), now=now)


async def route_reopened(tx: Tx, batch: Sequence[Heard[LeadReopened]], *, now: datetime) -> None:
    """Give leads that came back, and that neither a person nor a pool has, an owner."""
    lead_ids = {
        ownership_id("lead", heard.event.lead_id): heard.event.lead_id
        for heard in batch
        if not heard.event.history
    }
    held = await ownership.lock(tx, list(lead_ids))
    taken = {known.subject_id for known in held.values() if known.owner_id or known.pool_id}
    nobodys = [lead_id for lead_id in lead_ids.values() if lead_id not in taken]
    await route(tx, await copies.leads_to_route(tx, nobodys, assign_on=None), now=now)


async def route(tx: Tx, subjects: Sequence[Routable], *, now: datetime) -> None:
    """Decide for each subject that nobody has, in turn, and write all decisions together."""
    held = await ownership.lock(tx, [ownership_id(s.kind, s.subject_id) for s in subjects])
    waiting = [subject for subject in subjects if not _is_owned(subject, held)]
    if waiting:
        await _route(tx, waiting, held, now=now)


async def pass_on(
    tx: Tx, due: Sequence[Ownership], *, how: Passed = "timed_out", now: datetime
) -> None:
    """Their owners are not the ones: each goes to the next candidate, and they are not asked again."""
    passed = {one.id: let_pass(one, how) for one in due}
    leads = [one.subject_id for one in due if one.subject_kind == "lead"]
    subjects = [
        replace(
            subject,
            passed={
                UUID(person_id): way
                for person_id, way in passed[
                    ownership_id("lead", subject.subject_id)
                ].passed.items()
            },
        )
        for subject in await copies.leads_to_route(tx, leads, assign_on=None)
    ]
    await _route(tx, subjects, passed, now=now)


async def _route(
    tx: Tx, waiting: Sequence[Routable], held: dict[UUID, Ownership], *, now: datetime
) -> None:
    """Choose and write down.

    The rotations are locked before anything is counted: two batches that choose from one team
    wait for each other, all others do not.
    """
    epoch = await epochs.current(tx)
    sets = await policies.rule_sets(tx)
    readings = await _read(tx, waiting, sets)
    today = await business_time.today(tx, now)
    staff = await _staff(tx, readings, now=now)
    desk = await _desk(tx, readings, staff, today=today)
    desk.plans = batch.plan(readings, staff=staff, desk=desk)
    choices = [choosing.choose(reading, staff=staff, desk=desk) for reading in readings]
    await repository.save_rotations(tx, desk.owed())
    choices = [choice for choice in choices if choice.owner_id or _may_be_nobodys(choice)]
    await _settle(tx, choices, held, sets=sets, today=today, now=now)
    await _note_tried(tx, choices, epoch=epoch, today=today, now=now)


async def route_deals(tx: Tx, deals: Sequence[Routable], *, now: datetime) -> None:
    """Give deals to whom a rule set for deals says; whoever has one that no rule is for keeps it."""
    held = await ownership.lock(tx, [ownership_id(s.kind, s.subject_id) for s in deals])
    await _route(tx, deals, held, now=now)


async def _read(tx: Tx, waiting: Sequence[Routable], sets: RuleSets) -> list[Reading]:
    """Each subject against the rules of the first set that is for it."""
    territories = await repository.territories(tx)
    several = len(sets.sets) > 1
    above = await pool.above(tx, {subject.unit_id for subject in waiting}) if several else {}
    return [
        choosing.read(subject, rules, territories)
        for subject in waiting
        if (rules := sets.of(subject, above.get(subject.unit_id, ())))
    ]


def _may_be_nobodys(choice: Choice) -> bool:
    return choice.subject.kind != "opportunity"


async def route_waiting(tx: Tx, due: Sequence[Ownership], *, now: datetime) -> None:
    """Try again what nobody could be given: something has changed, or somebody is back."""
    leads = [held.subject_id for held in due if held.subject_kind == "lead"]
    customers = [held.subject_id for held in due if held.subject_kind == "customer"]
    subjects = [
        *await copies.leads_to_route(tx, leads, assign_on=None),
        *await copies.customers_to_route(tx, customers),
    ]
    await route(tx, subjects, now=now)
    known = {(subject.kind, subject.subject_id) for subject in subjects}
    lost = [held.id for held in due if (held.subject_kind, held.subject_id) not in known]
    if lost:
        await ownership.note_tried(tx, dict.fromkeys(lost), epoch=await epochs.current(tx))


async def _note_tried(
    tx: Tx, choices: Sequence[Choice], *, epoch: int, today: date, now: datetime
) -> None:
    """Remember with what the unassigned were tried, and when time may make a difference."""
    left = [choice for choice in choices if choice.way == "unassigned"]
    if not left:
        return
    calendar = await business_time.calendar(tx)
    midnight = datetime.combine(today + timedelta(days=1), time(0), ZoneInfo(calendar.zone))
    again = {
        ownership_id(c.subject.kind, c.subject.subject_id): choosing.try_again_at(
            c, tomorrow=midnight, now=now
        )
        for c in left
    }
    await ownership.note_tried(tx, again, epoch=epoch)


async def _let_wait(tx: Tx, leads: Sequence[LeadCaptured], *, now: datetime) -> None:
    """No lead is nobody's: what is not given to anybody yet waits in the pool, with its own unit."""
    if not leads:
        return
    units = {lead.lead_id: lead.unit_id or ROOT_UNIT for lead in leads}
    before = [vacant("lead", lead_id, unit_id=unit, now=now) for lead_id, unit in units.items()]
    known = await pool.facts(tx, "lead", list(units))
    found = await places(tx, {lead_id: (known[lead_id], unit) for lead_id, unit in units.items()})
    pooled = [
        put_in_pool(held, pool_id=place.id, unit_id=held.unit_id, reason=NOT_YET, now=now)
        for held in before
        if (place := found[held.subject_id])
    ]
    added = await ownership.add(tx, [held for held, _ in pooled], now=now)
    ours = [(was, done) for was, done in zip(before, pooled, strict=True) if was.id in added]
    await outbox.append_all(tx, [done for _, done in ours], at=now)
    await audit.record_all(tx, [audit_of(was, done, why=NOT_YET) for was, done in ours])


def _is_owned(subject: Routable, held: dict[UUID, Ownership]) -> bool:
    known = held.get(ownership_id(subject.kind, subject.subject_id))
    return known is not None and known.owner_id is not None


async def _staff(tx: Tx, readings: Sequence[Reading], *, now: datetime) -> Staff:
    """Everybody this batch may be given to, loaded once, with who is away at present."""
    absent = await absence.at(tx, now)
    teams = {team.key: team.unit_ids for reading in readings for team in reading.teams}
    wanted_units = {unit_id for unit_ids in teams.values() for unit_id in unit_ids}
    below: dict[UUID, dict[UUID, Candidate]] = {unit_id: {} for unit_id in wanted_units}
    sellers = await repository.sellers_below(tx, wanted_units)
    minds_hours = any(team.rule.off_hours != "assign" for r in readings for team in r.teams)
    off = await _off_duty(tx, [who for _, who in sellers], now=now) if minds_hours else {}
    for unit_id, (someone, _) in sellers:
        person_id = someone.person_id
        below[unit_id][person_id] = seen(someone, absent.get(person_id), off.get(person_id))
    named = {
        person_id
        for reading in readings
        for person_id in (
            reading.subject.wanted_owner_id,
            reading.subject.existing_owner_id,
            reading.rules.otherwise.fallback_owner_id,
        )
        if person_id
    }
    named |= {gone.stand_in_id for gone in absent.values() if gone.stand_in_id}
    people = await repository.people(tx, named)
    return Staff(
        teams={key: _merged([below[unit_id] for unit_id in ids]) for key, ids in teams.items()},
        named={who: seen(someone, absent.get(who), None) for who, someone in people.items()},
    )


async def _off_duty(
    tx: Tx, sellers: Sequence[Someone], *, now: datetime
) -> dict[UUID, datetime | None]:
    """When each of those who are not at work begins again."""
    calendars = await business_time.calendars(tx, {who.unit_id for who, _ in sellers})
    return {
        someone.person_id: off_until(shifts, calendars[someone.unit_id], now)
        for someone, shifts in sellers
    }


def _merged(units: Sequence[dict[UUID, Candidate]]) -> tuple[Candidate, ...]:
    everybody = {person_id: someone for unit in units for person_id, someone in unit.items()}
    return tuple(everybody[person_id] for person_id in sorted(everybody))


async def _desk(tx: Tx, readings: Sequence[Reading], staff: Staff, *, today: date) -> Desk:
    """Turns and counts as they are, under lock; nobody is counted for whom it does not matter."""
    deficits = await repository.lock_rotations(tx, staff.teams)
    strategies = {team.key: team.rule.strategy for reading in readings for team in reading.teams}
    counted = sorted(
        {
            someone.person_id
            for key, team in staff.teams.items()
            for someone in team
            if someone.is_capped or strategies[key] != "turns"
        }
    )
    if not counted:
        return Desk(deficits=deficits)
    await repository.lock_people(tx, counted)
    judged = counted if FITTING & set(strategies.values()) else []
    return Desk(
        deficits=deficits,
        taken=await repository.count_taken(tx, counted, day=today),
        held=await repository.count_held(tx, counted),
        results=await repository.results(tx, judged, since=today - JUDGED_BY) if judged else {},
    )


async def _settle(
    tx: Tx,
    choices: Sequence[Choice],
    held: dict[UUID, Ownership],
    *,
    sets: RuleSets,
    today: date,
    now: datetime,
) -> None:
    pooled = [choice.subject for choice in choices if choice.way == "pool"]
    waiting = await places(
        tx, {subject.subject_id: (_facts(subject), subject.unit_id) for subject in pooled}
    )
    calendars = await business_time.calendars(tx, {c.unit_id for c in choices if c.unit_id})
    routed: list[_Routed] = []
    for choice in choices:
        subject = choice.subject
        before = held.get(ownership_id(subject.kind, subject.subject_id)) or vacant(
            subject.kind, subject.subject_id, unit_id=subject.unit_id, now=now
        )
        receipt_id = new_id()
        rules = sets.named(choice.rule_set) or sets.last
        respond_within, pass_on_within = rules.times_of(choice)
        decision = choosing.settle(
            choice,
            before,
            pool=waiting.get(subject.subject_id),
            respond_by=_time_up(calendars, choice, respond_within, now)
            if subject.kind != "opportunity"
            else None,
            pass_on_at=_time_up(calendars, choice, pass_on_within, now)
            if subject.kind == "lead" and choice.way != "wanted"
            else None,
            receipt_id=receipt_id,
            now=now,
        )
        if decision[1]:
            routed.append(
                _Routed(
                    choice=choice,
                    rules_version=rules.version,
                    receipt_id=receipt_id,
                    held=before,
                    decision=decision,
                )
            )
    new = [item.decision[0] for item in routed if item.held.sequence == 0]
    added = await ownership.add(tx, new, now=now)
    await ownership.save(tx, [item.decision[0] for item in routed if item.held.sequence])
    ours = [item for item in routed if item.held.sequence or item.held.id in added]
    await _tell(tx, ours, today=today, now=now)


def _facts(subject: Routable) -> Facts:
    return Facts(
        kind=subject.kind,
        region=subject.region,
        industry=subject.industry,
        product=subject.product,
        grade=subject.grade,
    )


def _time_up(
    calendars: Mapping[UUID, Calendar], choice: Choice, within: timedelta | None, now: datetime
) -> datetime | None:
    """When so much of the owner's working time is over, if there is an owner."""
    if choice.unit_id is None or within is None:
        return None
    return calendars[choice.unit_id].add_working_time(now, within)


async def _tell(tx: Tx, routed: Sequence[_Routed], *, today: date, now: datetime) -> None:
    taken: dict[UUID, int] = {}
    for item in routed:
        if item.choice.owner_id and item.choice.subject.kind == "lead":
            taken[item.choice.owner_id] = taken.get(item.choice.owner_id, 0) + 1
    await repository.add_taken(tx, taken, day=today)
    bodies = receipt.write_all([item.choice for item in routed])
    await repository.add_receipts(
        tx,
        [
            ReceiptRow(
                item.receipt_id, item.held.id, item.rules_version, item.choice.owner_id, body
            )
            for item, body in zip(routed, bodies, strict=True)
        ],
        now=now,
    )
    await outbox.append_all(tx, [item.decision for item in routed], at=now)
    await audit.record_all(
        tx, [audit_of(item.held, item.decision, why=item.choice.way) for item in routed]
    )
    await deal.set_owners(
        tx,
        {
            item.choice.subject.subject_id: Owner(
                person_id=item.choice.owner_id, unit_id=item.choice.unit_id
            )
            for item in routed
            if item.choice.subject.kind == "opportunity"
            and item.choice.owner_id
            and item.choice.unit_id
        },
    )
