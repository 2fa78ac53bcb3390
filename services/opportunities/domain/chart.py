"""An org chart in rows: which units and people a row speaks of, and how they then are.

A row says `legal entity → region → team → seller`; what is blank is left out. A team without a name
of its own bears its manager's. What a row does not say stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.opportunities.domain.person import Person
from services.opportunities.domain.unit import Unit
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import Role, UnitKind
from shared.ids import external_id

ORDER: tuple[Role, ...] = ("seller", "team_lead", "manager", "operator", "auditor", "integrator")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the chart."""

    legal_entity: str = ""
    region: str = ""
    team: str = ""
    manager: str = ""
    seller: str = ""
    seller_id: str = ""
    details: Mapping[str, Any]
    """Fields of the seller that the row gives a value."""


@dataclass(frozen=True, kw_only=True)
class UnitSketch:
    """A unit as far as a row describes it."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID
    external: ExternalId
    regions: tuple[str, ...] = ()
    lead_person_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PersonSketch:
    """Somebody as far as a row describes them."""

    id: UUID
    name: str
    unit_id: UUID
    role: Role
    external: ExternalId
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """What one row speaks of, from the top down; the last of it is what the row is about."""

    units: tuple[UnitSketch, ...]
    people: tuple[PersonSketch, ...]

    @property
    def about(self) -> UUID:
        """The record whose making or changing is the row's outcome."""
        return self.people[-1].id if self.people else self.units[-1].id


def sketch(line: Line, *, system: str, top: UUID) -> Sketch:
    """Read one row; `top` is the unit under which the chart hangs."""
    units: list[UnitSketch] = []
    people: list[PersonSketch] = []
    manager_id = external_id("person", system, line.manager) if line.manager else None
    team = line.team or line.manager
    levels: tuple[tuple[str, str, UnitKind], ...] = (
        (line.legal_entity, line.legal_entity, "legal_entity"),
        (line.region, line.region, "region"),
        (team, f"{line.region}/{team}", "team"),
    )
    parent_id = top
    for name, key, kind in levels:
        if not name:
            continue
        unit = UnitSketch(
            id=external_id("unit", system, key),
            name=name,
            kind=kind,
            parent_id=parent_id,
            external=ExternalId(system=system, id=key),
            regions=(name,) if kind == "region" else (),
            lead_person_id=manager_id if kind == "team" else None,
        )
        units.append(unit)
        parent_id = unit.id
    if manager_id is not None:
        people.append(
            PersonSketch(
                id=manager_id,
                name=line.manager,
                unit_id=parent_id,
                role="team_lead",
                external=ExternalId(system=system, id=line.manager),
                details={},
            )
        )
    if line.seller:
        key = line.seller_id or line.seller
        people.append(
            PersonSketch(
                id=external_id("person", system, key),
                name=line.seller,
                unit_id=parent_id,
                role="seller",
                external=ExternalId(system=system, id=key),
                details=line.details,
            )
        )
    return Sketch(units=tuple(units), people=tuple(people))


def merge_unit(known: Unit | None, sketch: UnitSketch) -> Unit:
    """The unit as the row wants it."""
    current = known or Unit(
        id=sketch.id,
        name=sketch.name,
        kind=sketch.kind,
        parent_id=sketch.parent_id,
        external=sketch.external,
    )
    return replace(
        current,
        parent_id=sketch.parent_id,
        regions=tuple(dict.fromkeys((*current.regions, *sketch.regions))),
        lead_person_id=sketch.lead_person_id or current.lead_person_id,
    )


def merge_person(known: Person | None, sketch: PersonSketch, *, username: str) -> Person:
    """The person as the row wants them; a role once given is not taken away by a file."""
    current = known or Person(
        id=sketch.id,
        username=username,
        name=sketch.name,
        unit_id=sketch.unit_id,
        roles=(),
        external=sketch.external,
    )
    roles = {*current.roles, sketch.role}
    return replace(
        current,
        name=sketch.name,
        unit_id=sketch.unit_id,
        roles=tuple(role for role in ORDER if role in roles),
        **sketch.details,
    )


def name_taken(
    sketched: Sequence[UnitSketch], children: Mapping[tuple[UUID, str], UUID]
) -> UnitSketch | None:
    """The first unit whose name another unit of the same parent bears."""
    for unit in sketched:
        if children.get((unit.parent_id, unit.name), unit.id) != unit.id:
            return unit
    return None
