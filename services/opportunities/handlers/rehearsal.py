"""Rehearsing routing rules: asked for, played beside the event loop on a snapshot, kept."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from uuid import UUID

from services.opportunities.domain import policies as bodies
from services.opportunities.domain.rehearsal import (
    MINUTE,
    Move,
    Past,
    Rehearsal,
    Roster,
    rehearse,
)
from services.opportunities.handlers import business_time
from services.opportunities.handlers.policies import ROUTING, rule_sets_of
from services.opportunities.handlers.routing import JUDGED_BY
from services.opportunities.repository import absence, pool, routing
from services.opportunities.repository import rehearsal as repository
from services.opportunities.repository.rehearsal import Wanted
from shared import apart, audit, configuration
from shared.configuration import Configuration
from shared.db import Tx
from shared.ids import new_id
from shared.refusals import Conflict, Forbidden
from shared.timers import Outcome

LEASE = timedelta(minutes=30)
MOST_LEADS = 500_000
MOST_RESPONSES = 200
"""Of each person: how fast they are at present."""


class OnlyLeadsAreRehearsed(Conflict):
    """The rule set {kind} is for {subject}: rehearsals are played on leads.

    Rehearse sets whose `subject` is `lead`.
    """


@dataclass(frozen=True, kw_only=True)
class Script:
    """A rehearsal with all that it is played on."""

    wanted: Wanted
    in_force: Sequence[Configuration]
    tried: Configuration
    past: Sequence[Past]
    roster: Roster


async def want_rehearsal(
    tx: Tx, *, kind: str, version: int, since: datetime, until: datetime, by: UUID, now: datetime
) -> UUID:
    """Have a version of a rule set rehearsed; refuses one that could not be applied."""
    if not tx.scope.everything:
        raise Forbidden
    draft = await configuration.version(tx, kind, version)
    (bodies.check_routing if kind == ROUTING else bodies.check_rule_set)(draft.body)
    subject = draft.body.get("subject", "lead")
    if subject != "lead":
        raise OnlyLeadsAreRehearsed(kind=kind, subject=subject)
    wanted = Wanted(id=new_id(), kind=kind, version=version, since=since, until=until)
    await repository.add(tx, wanted, by=by, now=now)
    await audit.record(
        tx,
        action="routing.rehearsal_wanted",
        subject_kind="rehearsal",
        subject_id=wanted.id,
        after={
            "kind": kind,
            "version": version,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
    )
    return wanted.id


async def claim_scripts(tx: Tx, *, now: datetime, limit: int) -> Sequence[Script]:
    """The next rehearsal with its past; one at a time."""
    wanted = await repository.lease(tx, now=now, lasting=LEASE) if limit else None
    if wanted is None:
        return []
    past = await repository.past(tx, since=wanted.since, until=wanted.until, limit=MOST_LEADS)
    return [
        Script(
            wanted=wanted,
            in_force=await configuration.family(tx, ROUTING),
            tried=await configuration.version(tx, wanted.kind, wanted.version),
            past=past,
            roster=await _roster(tx, wanted, past, now=now),
        )
    ]


async def play(script: Script) -> tuple[Rehearsal, Sequence[Move], float]:
    """What comes of it, and how many seconds it took."""
    began = monotonic()
    result, moves = await apart.run(_play, script)
    return result, moves, monotonic() - began


async def note_rehearsals(tx: Tx, outcomes: Sequence[Outcome[Script]], *, now: datetime) -> None:
    """Keep what came of them."""
    for outcome in outcomes:
        result, moves, seconds = outcome.answer or (None, (), 0.0)
        await repository.finish(
            tx,
            outcome.item.wanted.id,
            result=result,
            moves=moves,
            seconds=seconds,
            problem=outcome.failure.reason if outcome.failure else "",
            now=now,
        )


async def _roster(tx: Tx, wanted: Wanted, past: Sequence[Past], *, now: datetime) -> Roster:
    people = await repository.people(tx)
    calendars = await business_time.calendars(tx, {who.unit_id for who, _ in people.values()})
    today = await business_time.today(tx, now)
    return Roster(
        people={person_id: who for person_id, (who, _) in people.items()},
        below=await repository.sellers_below(tx),
        territories=tuple(await routing.territories(tx)),
        calendars=calendars,
        zone=(await business_time.calendar(tx)).zone,
        shifts={person_id: shifts for person_id, (_, shifts) in people.items() if shifts},
        absences=await absence.between(tx, since=wanted.since, until=wanted.until),
        above=await pool.above(tx, {lead.subject.unit_id for lead in past}),
        results=await routing.results(tx, list(people), since=today - JUDGED_BY),
        responses=await _responses(tx, now=now),
    )


async def _responses(tx: Tx, *, now: datetime) -> dict[UUID, list[float]]:
    """The working minutes that everybody took to respond, ascending."""
    owed = await repository.responses(tx, now=now, most=MOST_RESPONSES)
    calendars = await business_time.calendars(tx, {each.unit_id for each in owed})
    found: dict[UUID, list[float]] = {}
    for each in owed:
        took = (
            calendars[each.unit_id].working_time_between(each.assigned_at, each.done_at) / MINUTE
            if each.done_at
            else inf
        )
        insort(found.setdefault(each.owner_id, []), took)
    return found


def _play(script: Script) -> tuple[Rehearsal, Sequence[Move]]:
    draft = script.tried
    tried = bodies.rule_set(draft.body, version=draft.version, name=draft.kind.partition(":")[2])
    return rehearse(
        script.past, in_force=rule_sets_of(script.in_force), tried=tried, roster=script.roster
    )
