"""Who hears it. Pure: the org chart is an argument."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, assert_never
from uuid import UUID

from shared.contracts.opportunities import OwnershipAssigned

NOT_NEWS = ("claimed", "kept", "imported")
"""Reasons for which the owner either took it themselves or had it all along."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A place in the org chart: who leads it, and who looks after its work."""

    parent_id: UUID | None = None
    lead_id: UUID | None = None
    overseers: frozenset[UUID] = frozenset()
    """Its active managers and operators."""


Chart = Mapping[UUID, Unit]


@dataclass(frozen=True, kw_only=True)
class Audience:
    """People named by what they are to a unit, not by name."""

    unit_id: UUID
    role: Literal["lead", "overseers"]
    besides: UUID | None = None
    """The person it is about: they are not told of themselves."""


class UnitNotHeardOf(Exception):
    """The org chart does not reach as far as the question yet: ask again later."""


def of_assignment(event: OwnershipAssigned) -> frozenset[UUID]:
    """The new owner, unless it is no news to them, or they are told of it together with the rest."""
    if event.history or event.hand_over_id or event.reason in NOT_NEWS:
        return frozenset()
    return frozenset({event.owner_id})


def of_unit(audience: Audience, chart: Chart) -> frozenset[UUID]:
    """The people meant; empty when the whole line up to the top has none."""
    match audience.role:
        case "lead":
            return _lead(audience, chart) or _overseers(audience, chart)
        case "overseers":
            return _overseers(audience, chart)
        case _:
            assert_never(audience.role)


def _lead(audience: Audience, chart: Chart) -> frozenset[UUID]:
    for unit in _line_up(audience.unit_id, chart):
        if unit.lead_id is not None and unit.lead_id != audience.besides:
            return frozenset({unit.lead_id})
    return frozenset()


def _overseers(audience: Audience, chart: Chart) -> frozenset[UUID]:
    for unit in _line_up(audience.unit_id, chart):
        others = frozenset(person for person in unit.overseers if person != audience.besides)
        if others:
            return others
    return frozenset()


def _line_up(unit_id: UUID, chart: Chart) -> Iterator[Unit]:
    """The unit and those above it, nearest first, each once."""
    seen: set[UUID] = set()
    at: UUID | None = unit_id
    while at is not None and at not in seen:
        if at not in chart:
            raise UnitNotHeardOf(at)
        seen.add(at)
        yield chart[at]
        at = chart[at].parent_id
