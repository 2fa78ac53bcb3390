"""Rehearsing rules of routing and of pools: asked for, played beside the event loop on a snapshot, kept."""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from uuid import UUID

from pydantic import JsonValue

from services.opportunities.domain import policies as bodies
from services.opportunities.domain.policies import PoolBody
from services.opportunities.domain.pool import LEAD_POOL_NAME, PoolPolicy
from services.opportunities.domain.recycling_rehearsal import Held, Window, rehearse_pool
from services.opportunities.domain.rehearsal import (
    MINUTE,
    Move,
    Past,
    Rehearsal,
    Roster,
    rehearse,
)
from services.opportunities.handlers import business_time, policies
from services.opportunities.handlers.policies import POOL, ROUTING, rule_sets_of
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


@dataclass(frozen=True, kw_only=True)
class PoolScript:
    """The same of the rules of a pool."""

    wanted: Wanted
    in_force: PoolPolicy | None
    tried: PoolPolicy
    held: Sequence[Held]
    above: Mapping[UUID, set[UUID]]
    window: Window


CHECKS: Mapping[tuple[str, bool], Callable[[Mapping[str, JsonValue]], object]] = {
    (ROUTING, False): bodies.check_routing,
    (ROUTING, True): bodies.check_rule_set,
    (POOL, False): bodies.check_first_pool,
    (POOL, True): PoolBody.model_validate,
}
"""By family, and whether it is one of one's own."""


async def want_rehearsal(
    tx: Tx, *, kind: str, version: int, since: datetime, until: datetime, by: UUID, now: datetime
) -> UUID:
    """Have a version of a rule set or a pool rehearsed; refuses one that could not be applied."""
    if not tx.scope.everything:
        raise Forbidden
    draft = await configuration.version(tx, kind, version)
    CHECKS[kind.partition(":")[0], ":" in kind](draft.body)
    subject = draft.body.get("subject", "lead")
    if kind.startswith(ROUTING) and subject != "lead":
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


async def claim_scripts(tx: Tx, *, now: datetime, limit: int) -> Sequence[Script | PoolScript]:
    """The next rehearsal with its past; one at a time."""
    wanted = await repository.lease(tx, now=now, lasting=LEASE) if limit else None
    if wanted is None:
        return []
    if wanted.kind.startswith(POOL):
        return [await _pool_script(tx, wanted, now=now)]
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


async def _pool_script(tx: Tx, wanted: Wanted, *, now: datetime) -> PoolScript:
    name = wanted.kind.partition(":")[2] or LEAD_POOL_NAME
    draft = await configuration.version(tx, wanted.kind, wanted.version)
    tried = bodies.pool_policy(
        PoolBody.model_validate(draft.body), version=draft.version, name=name
    )
    known = await policies.pools(tx)
    until = min(wanted.until, now)
    rows = await pool.held_since(tx, tried.subject, until=until, now=now, limit=MOST_LEADS)
    facts = await pool.facts(tx, tried.subject, [row["subject_id"] for row in rows])
    return PoolScript(
        wanted=wanted,
        in_force=next((policy for policy in known if policy.name == name), None),
        tried=tried,
        held=[
            Held(
                subject_id=row["subject_id"],
                owner_id=row["owner_id"],
                unit_id=row["unit_id"],
                facts=facts[row["subject_id"]],
                since=row["since"],
                touches=tuple(zip(row["touches"], row["planned"], strict=True)),
            )
            for row in rows
            if row["subject_id"] in facts
        ],
        above=await pool.above(tx, {row["unit_id"] for row in rows}),
        window=Window(
            since=wanted.since, until=until, zone=(await business_time.calendar(tx)).zone
        ),
    )


async def play(script: Script | PoolScript) -> tuple[Rehearsal, Sequence[Move], float]:
    """What comes of it, and how many seconds it took."""
    began = monotonic()
    result, moves = await apart.run(_play, script)
    return result, moves, monotonic() - began


async def note_rehearsals(
    tx: Tx, outcomes: Sequence[Outcome[Script | PoolScript]], *, now: datetime
) -> None:
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


def _play(script: Script | PoolScript) -> tuple[Rehearsal, Sequence[Move]]:
    if isinstance(script, PoolScript):
        return rehearse_pool(
            script.held,
            in_force=script.in_force,
            tried=script.tried,
            above=script.above,
            window=script.window,
        )
    draft = script.tried
    tried = bodies.rule_set(draft.body, version=draft.version, name=draft.kind.partition(":")[2])
    return rehearse(
        script.past, in_force=rule_sets_of(script.in_force), tried=tried, roster=script.roster
    )
