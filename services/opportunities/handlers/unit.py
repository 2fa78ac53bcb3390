"""The org tree: add a unit, change it, move it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain import unit as tree
from services.opportunities.domain.definition import Definition, define
from services.opportunities.domain.person import PersonUnavailable
from services.opportunities.domain.unit import CalendarUnknown, Unit, UnitOutsideScope
from services.opportunities.handlers import business_time
from services.opportunities.handlers.announce import announce
from services.opportunities.handlers.versions import check_version
from services.opportunities.repository import person as people
from services.opportunities.repository import unit as units
from shared.contracts.opportunities import AnyDirectoryEvent
from shared.db import Tx
from shared.refusals import NotFound


async def add_unit(tx: Tx, *, wanted: Unit, now: datetime) -> Unit:
    """Hang a new unit into the tree."""
    await units.lock_tree(tx)
    return await _define(tx, None, wanted, now=now)


async def change_unit(
    tx: Tx, *, unit_id: UUID, changes: Mapping[str, Any], if_match: int | None, now: datetime
) -> Unit:
    """Change what is said of a unit; moving it moves everything below it."""
    await units.lock_tree(tx)
    current = (await units.lock(tx, [unit_id])).get(unit_id)
    if current is None or not sees(tx, unit_id):
        raise NotFound
    check_version(current.sequence, if_match)
    return await _define(tx, current, replace(current, **changes), now=now)


async def go_live(tx: Tx, *, unit_id: UUID, now: datetime) -> Unit:
    """The unit works here from now on: its history, and that of units below it, is closed."""
    current = (await units.lock(tx, [unit_id])).get(unit_id)
    if current is None or not sees(tx, unit_id):
        raise NotFound
    known, events = define(current, tree.go_live(current, now=now))
    if events:
        await units.save(tx, [known], now=now)
        await announce(tx, [(known, events)], before={known.id: current}, now=now)
    return known


async def merge_units(
    tx: Tx, *, unit_id: UUID, into_id: UUID, reason: str, if_match: int | None, now: datetime
) -> Unit:
    """One unit goes on as another: its people and what hangs on it belong there, in one act.

    It stays below the other, closed, so that who leads that one sees what was its own.
    """
    await units.lock_tree(tx)
    known = await units.lock(tx, [unit_id, into_id])
    current, into = known.get(unit_id), known.get(into_id)
    if current is None or not sees(tx, unit_id):
        raise NotFound
    check_version(current.sequence, if_match)
    if into is None or not into.active or not sees(tx, into_id):
        raise UnitOutsideScope(unit=into_id)
    merged = tree.merge(current, into)
    tree.check_place(current, merged, below=await units.below(tx, unit_id))
    movers = await units.lock(tx, await units.right_below(tx, unit_id))
    staff = await people.lock(tx, await people.of_unit(tx, unit_id))

    decided = [define(current, merged)]
    decided += [define(one, replace(one, parent_id=into.id)) for one in movers.values()]
    moved = [define(one, replace(one, unit_id=into.id)) for one in staff.values()]

    await units.save(tx, [unit for unit, events in decided if events], now=now)
    await people.save(tx, [person for person, events in moved if events], now=now)
    before: dict[UUID, Definition] = {current.id: current, **movers, **staff}
    changes: list[tuple[Definition, Sequence[AnyDirectoryEvent]]] = [*decided, *moved]
    await announce(tx, changes, before=before, why=reason, now=now)
    return decided[0][0]


def sees(tx: Tx, unit_id: UUID | None) -> bool:
    """True when a unit lies within the caller's part of the organisation."""
    return tx.scope.everything or unit_id in tx.scope.units


async def _define(tx: Tx, current: Unit | None, wanted: Unit, *, now: datetime) -> Unit:
    tree.check_place(current, wanted, below=await units.below(tx, wanted.id))
    if wanted.parent_id is not None:
        parent = (await units.lock(tx, [wanted.parent_id])).get(wanted.parent_id)
        if parent is None or not parent.active or not sees(tx, parent.id):
            raise UnitOutsideScope(unit=wanted.parent_id)
    if wanted.lead_person_id and not await people.owners(tx, [wanted.lead_person_id]):
        raise PersonUnavailable(person=wanted.lead_person_id)
    if not await business_time.exists(tx, wanted.calendar):
        raise CalendarUnknown(calendar=wanted.calendar)
    known, events = define(current, wanted)
    await units.save(tx, [known], now=now)
    before = {known.id: current} if current else {}
    await announce(tx, [(known, events)], before=before, now=now)
    return known
