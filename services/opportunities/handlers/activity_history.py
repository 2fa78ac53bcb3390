"""Taking over what was done in another system: facts with their own dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import activity as activities
from services.opportunities.domain.activity import Activity, Subject
from services.opportunities.domain.ownership import Owner
from services.opportunities.repository import activity_history as repository
from services.opportunities.repository import catalogue
from services.opportunities.schemas.activity_import import ActivityRow
from shared import live, outbox
from shared.contracts.opportunities import ActivityLogged, ActivityUnlogged
from shared.db import Tx
from shared.ids import external_id
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, ActivityRow]]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the rows of one batch refer to, read at once."""

    sellers: Mapping[str, Owner]
    activities: Mapping[UUID, Activity]
    units: Mapping[UUID, UUID]
    """Of the subjects; another service may tell of them later."""
    unlogged: Mapping[UUID, int]
    """Where activities stand that were taken back with their import."""
    live: Mapping[UUID, datetime]


async def take_over(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Record what is new; what was done is not edited, neither by a person nor by a file."""
    if not run.history:
        reason = "activities of other systems are history: the mapping says `history: true`"
        return [_rejected(number, "id", reason) for number, _ in rows]
    known = await _look_up(tx, rows, run=run)

    outcomes: list[RowOutcome] = []
    done: list[Activity] = []
    for number, row in rows:
        outcome, activity = _judge(number, row, known, run=run, now=now)
        outcomes.append(outcome)
        done += [activity] if activity else []

    logged = [
        _log(activity, sequence=known.unlogged.get(activity.id, 0), now=now) for activity in done
    ]
    if logged:
        told = [activity for activity, _ in logged]
        await repository.add_all(tx, told, system=run.system, run_id=run.id)
        await outbox.append_all(tx, logged, at=now)
    return outcomes


async def undo(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Take back what the import said was done, unless the unit works here by now."""
    import_id = run.undoes or run.id
    meant = {number: external_id("activity", run.system, row.id) for number, row in rows}
    found = await repository.of_run(tx, import_id, set(meant.values()))
    live_units = await live.units(tx)

    outcomes: list[RowOutcome] = []
    gone: dict[UUID, tuple[Activity, Sequence[ActivityUnlogged]]] = {}
    for number, activity_id in meant.items():
        activity = found.get(activity_id)
        if activity is None or activity_id in gone:
            outcomes.append(RowOutcome(row=number, effect="unchanged"))
        elif closed := live.why_closed(live_units, activity.unit_id):
            outcomes.append(_rejected(number, "id", closed))
        else:
            gone[activity_id] = activities.unlog(activity, import_id=import_id, now=now)
            outcomes.append(RowOutcome(row=number, effect="withdrawn"))

    if gone:
        await repository.remove_all(tx, [activity for activity, _ in gone.values()])
        await outbox.append_all(tx, list(gone.values()), at=now)
    return outcomes


async def _look_up(tx: Tx, rows: Rows, *, run: Run) -> _Known:
    ids = [external_id("activity", run.system, row.id) for _, row in rows]
    return _Known(
        sellers=await catalogue.sellers_named(
            tx, run.system, sorted({row.seller for _, row in rows})
        ),
        activities=await repository.known(tx, ids),
        unlogged=await repository.unlogged(tx, ids),
        units=await repository.units_of(tx, {row.subject_id(run.system) for _, row in rows}),
        live=await live.units(tx),
    )


def _judge(
    number: int, row: ActivityRow, known: _Known, *, run: Run, now: datetime
) -> tuple[RowOutcome, Activity | None]:
    owner = known.sellers.get(row.seller)
    if owner is None:
        return _rejected(number, "seller", f"no single seller is known as {row.seller!r}"), None
    activity = _activity(row, owner, known, run=run)
    before = known.activities.get(activity.id)
    if before is not None:
        if replace(before, unit_id=activity.unit_id, sequence=0) == activity:
            return RowOutcome(row=number, effect="unchanged"), None
        return _rejected(
            number, "id", "it was taken in before, and what was done is not edited"
        ), None
    if row.done_at > now:
        return _rejected(number, "done_at", "it is still to come, and history is past"), None
    if closed := live.why_closed(known.live, owner.unit_id, activity.unit_id):
        return _rejected(number, "seller", closed), None
    return RowOutcome(row=number, effect="created"), activity


def _activity(row: ActivityRow, owner: Owner, known: _Known, *, run: Run) -> Activity:
    subject_id = row.subject_id(run.system)
    return Activity(
        id=external_id("activity", run.system, row.id),
        subject_kind=row.subject_kind,
        subject_id=subject_id,
        kind=row.kind,
        done_by=owner.person_id,
        unit_id=known.units.get(subject_id, owner.unit_id),
        done_at=row.done_at,
        text=row.text,
    )


def _log(
    activity: Activity, *, sequence: int, now: datetime
) -> tuple[Activity, Sequence[ActivityLogged]]:
    return activities.log(
        id=activity.id,
        subject=Subject(
            kind=activity.subject_kind, id=activity.subject_id, unit_id=activity.unit_id
        ),
        kind=activity.kind,
        done_by=activity.done_by,
        done_at=activity.done_at,
        text=activity.text,
        next_step="",
        next_step_on=None,
        today=now.date(),
        now=now,
        history=True,
        sequence=sequence,
    )


def _rejected(number: int, field: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=field, reason=reason)
