"""Whose turn it is among colleagues: smooth weighted round robin by deficits.

Each choice owes every eligible colleague their weight, takes the total from whoever is chosen, and
carries the rest to the next choice: over time everybody gets their share, in every stretch nearly
so, and the same past always leads to the same owner. Weights count in thousandths, as whole
numbers, so that no rounding ever decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Exclusion = Literal[
    "inactive",
    "wrong_industry",
    "missing_skill",
    "no_weight",
    "daily_cap_reached",
    "open_cap_reached",
]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who could be given it, with everything that speaks for and against."""

    person_id: UUID
    unit_id: UUID
    weight: int = 1000
    """In thousandths."""
    active: bool = True
    industries: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    daily_cap: int | None = None
    open_cap: int | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One candidate in one trial: what they were owed before and after, or why they were left out."""

    candidate: Candidate
    before: int = 0
    after: int = 0
    taken: int = 0
    held: int = 0
    excluded: Exclusion | None = None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One rule's attempt to find an owner among the sellers of some units."""

    rule: str
    unit_ids: tuple[UUID, ...]
    standings: tuple[Standing, ...]
    chosen: UUID | None
    tied: tuple[UUID, ...] = ()
    """Who else was owed as much as the chosen one; the smallest id wins."""

    @property
    def winner(self) -> Candidate | None:
        """The chosen one, with what was known of them."""
        found = (s.candidate for s in self.standings if s.candidate.person_id == self.chosen)
        return next(found, None)


@dataclass(kw_only=True)
class Desk:
    """What changes from choice to choice: turns owed by team, leads taken today, open leads held."""

    deficits: dict[str, dict[UUID, int]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)
    held: dict[UUID, int] = field(default_factory=dict)

    def give(self, person_id: UUID) -> None:
        """Count one more lead for a person."""
        self.taken[person_id] = self.taken.get(person_id, 0) + 1
        self.held[person_id] = self.held.get(person_id, 0) + 1


def exclusion(
    candidate: Candidate, *, industry: str, skills: frozenset[str], desk: Desk
) -> Exclusion | None:
    """The first reason that speaks against a candidate; a blank industry asks for none."""
    person_id = candidate.person_id
    checks: tuple[tuple[bool, Exclusion], ...] = (
        (not candidate.active, "inactive"),
        (_is_foreign(industry, candidate.industries), "wrong_industry"),
        (not skills.issubset(candidate.skills), "missing_skill"),
        (candidate.weight <= 0, "no_weight"),
        (_is_full(candidate.daily_cap, desk.taken.get(person_id, 0)), "daily_cap_reached"),
        (_is_full(candidate.open_cap, desk.held.get(person_id, 0)), "open_cap_reached"),
    )
    return next((reason for applies, reason in checks if applies), None)


def take_turn(
    standings: Sequence[Standing], deficits: dict[UUID, int]
) -> tuple[tuple[Standing, ...], UUID | None, tuple[UUID, ...]]:
    """Choose among those not excluded and move `deficits` on: the standings, the chosen, the tied."""
    owed = {
        standing.candidate.person_id: standing.before + standing.candidate.weight
        for standing in standings
        if standing.excluded is None
    }
    if not owed:
        return tuple(standings), None, ()
    most = max(owed.values())
    chosen, *tied = sorted(person_id for person_id, amount in owed.items() if amount == most)
    owed[chosen] -= sum(s.candidate.weight for s in standings if s.excluded is None)
    deficits.update(owed)
    after = tuple(
        Standing(
            candidate=s.candidate,
            before=s.before,
            after=owed.get(s.candidate.person_id, s.before),
            taken=s.taken,
            held=s.held,
            excluded=s.excluded,
        )
        for s in standings
    )
    return after, chosen, tuple(tied)


def _is_foreign(industry: str, industries: tuple[str, ...]) -> bool:
    return bool(industry and industries) and industry not in industries


def _is_full(cap: int | None, counted: int) -> bool:
    return cap is not None and counted >= cap
