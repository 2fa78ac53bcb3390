"""Whose turn it is among colleagues: smooth weighted round robin by deficits.

Each choice owes every eligible colleague their weight, takes the total from whoever is chosen, and
carries the rest to the next choice: over time everybody gets their share, in every stretch nearly
so, and the same past always leads to the same owner. Weights count in thousandths, as whole
numbers, so that no rounding ever decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Literal, NamedTuple
from uuid import UUID

Exclusion = Literal[
    "inactive",
    "wrong_industry",
    "missing_skill",
    "no_weight",
    "daily_cap_reached",
    "open_cap_reached",
]
NOT_IN_THE_RUNNING = -(2**62)


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

    @property
    def is_capped(self) -> bool:
        """True for those whose leads have to be counted."""
        return self.daily_cap is not None or self.open_cap is not None


class Load(NamedTuple):
    """What somebody with a cap had when the choice was made."""

    taken: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One rule's attempt to find an owner among the sellers of some units."""

    rule: str
    unit_ids: tuple[UUID, ...]
    candidates: tuple[Candidate, ...]
    """By id, so that the first of several who are owed the same is the smallest."""
    before: tuple[int, ...]
    """What each candidate was owed, in their order."""
    after: tuple[int, ...]
    loads: Mapping[UUID, Load] = field(default_factory=dict)
    excluded: Mapping[UUID, Exclusion] = field(default_factory=dict)
    chosen: UUID | None = None
    tied: tuple[UUID, ...] = ()
    """Who else was owed as much as the chosen one."""

    @property
    def winner(self) -> Candidate | None:
        """The chosen one, with what was known of them."""
        return next((c for c in self.candidates if c.person_id == self.chosen), None)


@dataclass(kw_only=True)
class Desk:
    """What changes from choice to choice: turns owed by team, leads taken today, open leads held."""

    deficits: dict[str, dict[UUID, int]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)
    held: dict[UUID, int] = field(default_factory=dict)
    _teams: dict[str, "_Team"] = field(default_factory=dict)

    def give(self, person_id: UUID) -> None:
        """Count one more lead for a person."""
        self.taken[person_id] = self.taken.get(person_id, 0) + 1
        self.held[person_id] = self.held.get(person_id, 0) + 1

    def load_of(self, person_id: UUID) -> Load:
        """What somebody has at present."""
        return Load(self.taken.get(person_id, 0), self.held.get(person_id, 0))

    def team(self, key: str, candidates: Sequence[Candidate]) -> "_Team":
        """The team of that key as it sits at this desk."""
        if key not in self._teams:
            self._teams[key] = _Team(candidates, self.deficits.get(key, {}))
        return self._teams[key]

    def owed(self) -> dict[str, dict[UUID, int]]:
        """What everybody is owed now, to be remembered for the next batch."""
        return {**self.deficits, **{key: team.owed() for key, team in self._teams.items()}}


class _Team:
    """A team during one batch: its candidates in order, and what they are owed beside them."""

    def __init__(self, candidates: Sequence[Candidate], deficits: Mapping[UUID, int]) -> None:
        self.candidates = tuple(sorted(candidates, key=lambda someone: someone.person_id))
        self.capped = [at for at, c in enumerate(self.candidates) if c.is_capped]
        self._absent = {
            person_id: owed
            for person_id, owed in deficits.items()
            if person_id not in {c.person_id for c in self.candidates}
        }
        self._owed = tuple(deficits.get(c.person_id, 0) for c in self.candidates)
        self._unfit: dict[tuple[str, frozenset[str]], tuple[Exclusion | None, ...]] = {}

    def owed(self) -> dict[UUID, int]:
        """What each is owed, also those who have left the team and may come back."""
        ids = [c.person_id for c in self.candidates]
        return {**self._absent, **dict(zip(ids, self._owed, strict=True))}

    def unfit(self, industry: str, skills: frozenset[str]) -> tuple[Exclusion | None, ...]:
        """What speaks against each candidate, whatever they have in hand."""
        key = (industry, skills)
        if key not in self._unfit:
            self._unfit[key] = tuple(unfitness(c, industry, skills) for c in self.candidates)
        return self._unfit[key]

    def turn(
        self, excluded: Mapping[int, Exclusion]
    ) -> tuple[tuple[int, ...], tuple[int, ...], list[int]]:
        """Let one of those not excluded take a turn: owed before, owed after, and who led.

        The first of those who led is the one whose turn it is.
        """
        before = self._owed
        weights = [0 if at in excluded else c.weight for at, c in enumerate(self.candidates)]
        after = list(map(add, before, weights))
        running = after if not excluded else list(after)
        for at in excluded:
            running[at] = NOT_IN_THE_RUNNING
        most = max(running, default=NOT_IN_THE_RUNNING)
        if most == NOT_IN_THE_RUNNING:
            return before, before, []
        leading = [at for at, owed in enumerate(running) if owed == most]
        after[leading[0]] -= sum(weights)
        self._owed = tuple(after)
        return before, self._owed, leading


def try_team(
    key: str,
    candidates: Sequence[Candidate],
    *,
    rule: str,
    unit_ids: tuple[UUID, ...],
    industry: str,
    skills: frozenset[str],
    desk: Desk,
) -> Trial:
    """Choose among a team's candidates and move their turns on."""
    team = desk.team(key, candidates)
    unfit = team.unfit(industry, skills)
    excluded: dict[int, Exclusion] = {at: why for at, why in enumerate(unfit) if why}
    loads: dict[UUID, Load] = {}
    for at in team.capped:
        someone = team.candidates[at]
        load = loads[someone.person_id] = desk.load_of(someone.person_id)
        if at not in excluded and (full := fullness(someone, load)):
            excluded[at] = full
    before, after, leading = team.turn(excluded)
    ids = [team.candidates[at].person_id for at in leading]
    return Trial(
        rule=rule,
        unit_ids=unit_ids,
        candidates=team.candidates,
        before=before,
        after=after,
        loads=loads,
        excluded={team.candidates[at].person_id: reason for at, reason in excluded.items()},
        chosen=ids[0] if ids else None,
        tied=tuple(ids[1:]),
    )


def unfitness(candidate: Candidate, industry: str, skills: frozenset[str]) -> Exclusion | None:
    """The first thing that speaks against somebody; a blank industry asks for none."""
    if not candidate.active:
        return "inactive"
    if industry and candidate.industries and industry not in candidate.industries:
        return "wrong_industry"
    if not skills.issubset(candidate.skills):
        return "missing_skill"
    return None if candidate.weight > 0 else "no_weight"


def fullness(candidate: Candidate, load: Load) -> Exclusion | None:
    """The cap somebody has reached."""
    if candidate.daily_cap is not None and load.taken >= candidate.daily_cap:
        return "daily_cap_reached"
    if candidate.open_cap is not None and load.held >= candidate.open_cap:
        return "open_cap_reached"
    return None
