"""Taking an org chart in: units and people of many rows at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import chart, usernames
from services.opportunities.domain.chart import Line, Sketch
from services.opportunities.domain.definition import Definition, define
from services.opportunities.domain.person import Person
from services.opportunities.domain.unit import Unit
from services.opportunities.handlers.announce import announce
from services.opportunities.repository import person as people
from services.opportunities.repository import unit as units
from services.opportunities.schemas.directory_import import DirectoryRow
from shared.contracts.opportunities import AnyDirectoryEvent
from shared.db import Tx
from shared.imports import RowOutcome, Run

ONLY_OPERATORS = "Only an operator changes the directory"


@dataclass(kw_only=True)
class _Chart:
    """Units and people as they were, and as the rows read so far want them."""

    units_before: dict[UUID, Unit]
    people_before: dict[UUID, Person]
    taken: set[str]
    units: dict[UUID, Unit] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)

    def draw(self, sketch: Sketch) -> None:
        """Put what one row says into the chart."""
        for unit in sketch.units:
            known = self.units.get(unit.id) or self.units_before.get(unit.id)
            self.units[unit.id] = chart.merge_unit(known, unit)
        for someone in sketch.people:
            known = self.people.get(someone.id) or self.people_before.get(someone.id)
            username = known.username if known else self._username(someone.name)
            self.people[someone.id] = chart.merge_person(known, someone, username=username)

    def _username(self, name: str) -> str:
        username = usernames.unused(usernames.from_name(name), self.taken)
        self.taken.add(username)
        return username


async def import_directory(
    tx: Tx, rows: Sequence[tuple[int, DirectoryRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    """Draw the chart of these rows into the directory; what is so already says nothing."""
    if not await people.is_operator(tx, run.actor_id):
        return [_rejected(number, "", ONLY_OPERATORS) for number, _ in rows]
    await units.lock_tree(tx)
    outcomes: list[RowOutcome] = []
    sketches: dict[int, Sketch] = {}
    for number, row in rows:
        if not any(row.identity[1:]):
            outcomes.append(_rejected(number, "seller", "The row names neither people nor units"))
            continue
        sketches[number] = chart.sketch(_line(row), system=run.system, top=run.unit_id)
    await _refuse_taken_names(tx, sketches, outcomes)
    drawn = await _load(tx, list(sketches.values()))
    for sketch in sketches.values():
        drawn.draw(sketch)
    changed = await _save(tx, drawn, now=now)
    return [*outcomes, *(_outcome(n, s, drawn, changed) for n, s in sketches.items())]


def _line(row: DirectoryRow) -> Line:
    return Line(
        legal_entity=row.legal_entity,
        region=row.region,
        team=row.team,
        manager=row.manager,
        seller=row.seller,
        seller_id=row.seller_id,
        details=row.details,
    )


async def _refuse_taken_names(
    tx: Tx, sketches: dict[int, Sketch], outcomes: list[RowOutcome]
) -> None:
    parents = {unit.parent_id for sketch in sketches.values() for unit in sketch.units}
    children = await units.children(tx, parents)
    for number, sketch in list(sketches.items()):
        if unit := chart.name_taken(sketch.units, children):
            reason = f"Another unit of the same parent is called {unit.name}"
            outcomes.append(_rejected(number, unit.kind, reason))
            del sketches[number]


async def _load(tx: Tx, sketches: Sequence[Sketch]) -> _Chart:
    people_before = await people.lock(tx, {p.id for sketch in sketches for p in sketch.people})
    new_names = {
        usernames.from_name(someone.name)
        for sketch in sketches
        for someone in sketch.people
        if someone.id not in people_before
    }
    return _Chart(
        units_before=await units.lock(tx, {u.id for sketch in sketches for u in sketch.units}),
        people_before=people_before,
        taken=set(await people.usernames_like(tx, new_names)),
    )


async def _save(tx: Tx, drawn: _Chart, *, now: datetime) -> frozenset[UUID]:
    """Write and announce what differs; the ids of those."""
    new_units = [define(drawn.units_before.get(u.id), u) for u in drawn.units.values()]
    new_people = [define(drawn.people_before.get(p.id), p) for p in drawn.people.values()]
    await units.save(tx, [unit for unit, events in new_units if events], now=now)
    await people.save(tx, [person for person, events in new_people if events], now=now)
    changes: list[tuple[Definition, Sequence[AnyDirectoryEvent]]] = [*new_units, *new_people]
    before: dict[UUID, Definition] = {**drawn.units_before, **drawn.people_before}
    await announce(tx, changes, before=before, why="import", now=now)
    return frozenset(event.aggregate_id for _, events in changes for event in events)


def _outcome(number: int, sketch: Sketch, drawn: _Chart, changed: frozenset[UUID]) -> RowOutcome:
    known = sketch.about in drawn.people_before or sketch.about in drawn.units_before
    if not known:
        return RowOutcome(row=number, effect="created")
    touched = {record.id for record in (*sketch.units, *sketch.people)}
    return RowOutcome(row=number, effect="updated" if touched & changed else "unchanged")


def _rejected(number: int, field_name: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=field_name, reason=reason)
