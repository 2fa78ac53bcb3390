"""Units of the org tree: enterprise, legal entities, regions, teams, dealers."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.contracts.base import ExternalId
from shared.contracts.opportunities import UnitDefined, UnitKind
from shared.refusals import Conflict


class UnitOutsideScope(Conflict):
    """The unit {unit} does not exist in your part of the organisation.

    Choose one of the units that GET /units shows.
    """


class UnitInItself(Conflict):
    """A unit cannot stand below itself.

    Choose a parent outside the unit.
    """


class RootUnitFixed(Conflict):
    """The enterprise itself keeps its place, its kind and its life; only its name and leader change."""


class CalendarUnknown(Conflict):
    """There is no calendar `calendar:{calendar}` in force.

    Activate it first: POST /configurations/calendar:{calendar}.
    """


class UnitNameTaken(Conflict):
    """Its parent already has a unit of this name."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit, its parent and what it serves; the enterprise itself has no parent."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    lead_person_id: UUID | None = None
    regions: tuple[str, ...] = ()
    active: bool = True
    external: ExternalId | None = None
    credit_code: str = ""
    """统一社会信用代码 of a legal entity, which signs for us."""
    calendar: str = ""
    """Name of the calendar it works by; blank for that of the unit above."""
    merged_into: UUID | None = None
    """The unit that goes on for it, and below which it lies, closed."""
    live_since: datetime | None = None
    sequence: int = 0

    def defined(self) -> UnitDefined:
        return UnitDefined(
            unit_id=self.id,
            name=self.name,
            kind=self.kind,
            parent_id=self.parent_id,
            lead_person_id=self.lead_person_id,
            regions=self.regions,
            active=self.active,
            external=self.external,
            credit_code=self.credit_code,
            calendar=self.calendar,
            merged_into=self.merged_into,
            live_since=self.live_since,
        )


def go_live(unit: Unit, *, now: datetime) -> Unit:
    """From now on it works here; once is for ever."""
    return replace(unit, live_since=unit.live_since or now)


def merge(unit: Unit, into: Unit) -> Unit:
    """It goes on as another unit: what is its own stays findable below that."""
    return replace(unit, parent_id=into.id, active=False, merged_into=into.id, lead_person_id=None)


def check_place(current: Unit | None, wanted: Unit, *, below: Collection[UUID]) -> None:
    """Refuse a change that would cut the tree; `below` are the unit's own descendants and itself."""
    if (wanted.parent_id is None) != (wanted.kind == "enterprise"):
        raise RootUnitFixed
    if current is not None and current.parent_id is None and not wanted.active:
        raise RootUnitFixed
    if current is not None and (current.parent_id is None) != (wanted.parent_id is None):
        raise RootUnitFixed
    if wanted.parent_id in below:
        raise UnitInItself
