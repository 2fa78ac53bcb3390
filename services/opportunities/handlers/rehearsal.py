"""Rehearsing routing rules: asked for, played beside the event loop on a snapshot, kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from services.opportunities.domain import policies as bodies
from services.opportunities.domain.policies import RoutingBody
from services.opportunities.domain.rehearsal import Move, Past, Rehearsal, Roster, rehearse
from services.opportunities.handlers import business_time
from services.opportunities.handlers.policies import ROUTING
from services.opportunities.handlers.routing import JUDGED_BY
from services.opportunities.repository import absence, routing
from services.opportunities.repository import rehearsal as repository
from services.opportunities.repository.rehearsal import Wanted
from shared import apart, audit, configuration
from shared.db import Tx
from shared.ids import new_id
from shared.refusals import Forbidden
from shared.timers import Outcome

LEASE = timedelta(minutes=30)
MOST_LEADS = 500_000


@dataclass(frozen=True, kw_only=True)
class Script:
    """A rehearsal with all that it is played on."""

    wanted: Wanted
    in_force: tuple[int, Mapping[str, Any]]
    tried: tuple[int, Mapping[str, Any]]
    past: Sequence[Past]
    roster: Roster


async def want_rehearsal(
    tx: Tx, *, version: int, since: datetime, until: datetime, by: UUID, now: datetime
) -> UUID:
    """Have a version of the routing rules rehearsed; refuses one that could not be applied."""
    if not tx.scope.everything:
        raise Forbidden
    draft = await configuration.version(tx, ROUTING, version)
    bodies.check_routing(draft.body)
    wanted = Wanted(id=new_id(), version=version, since=since, until=until)
    await repository.add(tx, wanted, by=by, now=now)
    await audit.record(
        tx,
        action="routing.rehearsal_wanted",
        subject_kind="rehearsal",
        subject_id=wanted.id,
        after={"version": version, "since": since.isoformat(), "until": until.isoformat()},
    )
    return wanted.id


async def claim_scripts(tx: Tx, *, now: datetime, limit: int) -> Sequence[Script]:
    """The next rehearsal with its past; one at a time."""
    wanted = await repository.lease(tx, now=now, lasting=LEASE) if limit else None
    if wanted is None:
        return []
    current = await configuration.current(tx, ROUTING)
    draft = await configuration.version(tx, ROUTING, wanted.version)
    return [
        Script(
            wanted=wanted,
            in_force=(current.version, current.body),
            tried=(draft.version, draft.body),
            past=await repository.past(
                tx, since=wanted.since, until=wanted.until, limit=MOST_LEADS
            ),
            roster=await _roster(tx, wanted, now=now),
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


async def _roster(tx: Tx, wanted: Wanted, *, now: datetime) -> Roster:
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
        results=await routing.results(tx, list(people), since=today - JUDGED_BY),
        in_time=await repository.in_time(tx, now=now),
    )


def _play(script: Script) -> tuple[Rehearsal, Sequence[Move]]:
    in_force, tried = (
        bodies.routing_rules(RoutingBody.model_validate(body), version=version)
        for version, body in (script.in_force, script.tried)
    )
    return rehearse(script.past, in_force=in_force, tried=tried, roster=script.roster)
