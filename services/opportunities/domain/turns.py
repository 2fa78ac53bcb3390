"""Whose turn it is among colleagues: smooth weighted round robin by deficits.

Each choice owes every eligible colleague their weight, takes the total from whoever is chosen, and
carries the rest to the next choice: over time everybody gets their share, in every stretch nearly
so, and the same past always leads to the same owner. Weights count in thousandths, as whole
numbers, so that no rounding ever decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import add
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

Exclusion = Literal[
    "inactive",
    "absent",
    "off_duty",
    "declined",
    "timed_out",
    "wrong_industry",
    "wrong_product",
    "missing_skill",
    "missing_language",
    "level_too_low",
    "no_weight",
    "daily_cap_reached",
    "open_cap_reached",
]
Strategy = Literal["turns", "least_loaded", "best_fit", "best_batch"]
"""How a rule chooses: whose turn it is, who has least in hand for their weight, who fits best, or
whoever makes all that wait together fit best (see `batch`).

Of several who are equal the one whose turn it is has it.
"""
NOT_IN_THE_RUNNING = -(2**62)
SPECIALIST = 250
"""What it is worth, in thousandths of a certain win, that somebody names the industry or the product."""
PRIOR = 20
"""Closed deals' worth of the team's own win rate that everybody's is mixed with: few deals say little."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who could be given it, with everything that speaks for and against."""

    person_id: UUID
    unit_id: UUID
    weight: int = 1000
    """In thousandths."""
    active: bool = True
    industries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    level: int = 1
    absent_until: datetime | None = None
    """When somebody who is out of office is back."""
    stand_in_id: UUID | None = None
    off_until: datetime | None = None
    """When somebody who is not at work now begins again, where it was asked."""
    daily_cap: int | None = None
    open_cap: int | None = None

    @property
    def is_capped(self) -> bool:
        """True for those whose leads have to be counted."""
        return self.daily_cap is not None or self.open_cap is not None


class Need(NamedTuple):
    """What whoever gets it must be able to do; a blank asks for nothing."""

    industry: str = ""
    product: str = ""
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    level: int = 0
    on_duty: bool = False


class Load(NamedTuple):
    """What somebody had when the choice was made, as far as it mattered."""

    taken: int
    held: int
    won: int = 0
    """Deals of the last two years, and below those that were lost too."""
    closed: int = 0


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
    ranks: Mapping[UUID, int] = field(default_factory=dict)
    """How well each of the others did by the rule's strategy; only the best take turns."""
    prices: Mapping[UUID, int] = field(default_factory=dict)
    """What each was worth to the others of the batch, in thousandths; it is taken off how well they fit."""
    planned: UUID | None = None
    """Who makes the whole batch fit best."""
    chosen: UUID | None = None
    tied: tuple[UUID, ...] = ()
    """Who else was owed as much as the chosen one."""

    @property
    def winner(self) -> Candidate | None:
        """The chosen one, with what was known of them."""
        return next((c for c in self.candidates if c.person_id == self.chosen), None)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who gets which of several that wait together for one team."""

    given: Mapping[UUID, UUID]
    """By subject."""
    prices: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Desk:
    """What changes from choice to choice: turns owed by team, leads taken today, open leads held."""

    deficits: dict[str, dict[UUID, int]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)
    held: dict[UUID, int] = field(default_factory=dict)
    results: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """Deals won, and deals won or lost, of those for whom it matters."""
    plans: Mapping[str, Plan] = field(default_factory=dict)
    """Of teams whose rule plans for all that wait."""
    _teams: dict[str, "_Team"] = field(default_factory=dict)

    def give(self, person_id: UUID) -> None:
        """Count one more lead for a person."""
        self.taken[person_id] = self.taken.get(person_id, 0) + 1
        self.held[person_id] = self.held.get(person_id, 0) + 1

    def load_of(self, person_id: UUID) -> Load:
        """What somebody has at present."""
        won, closed = self.results.get(person_id, (0, 0))
        return Load(self.taken.get(person_id, 0), self.held.get(person_id, 0), won, closed)

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
        self._unfit: dict[Need, tuple[Exclusion | None, ...]] = {}

    def owed(self) -> dict[UUID, int]:
        """What each is owed, also those who have left the team and may come back."""
        ids = [c.person_id for c in self.candidates]
        return {**self._absent, **dict(zip(ids, self._owed, strict=True))}

    def place_of(self, person_id: UUID | None, *, without: Collection[int]) -> int | None:
        """Where somebody sits, if they do and are not excluded."""
        for at, candidate in enumerate(self.candidates):
            if candidate.person_id == person_id and at not in without:
                return at
        return None

    def shares(self, count: int) -> list[int]:
        """How many of so many each would get by turns; nobody's turn moves by asking."""
        weights = [c.weight if c.active else 0 for c in self.candidates]
        owed, given = list(self._owed), [0] * len(weights)
        for _ in range(count if any(weights) else 0):
            owed = list(map(add, owed, weights))
            most = max(range(len(owed)), key=lambda at: (weights[at] > 0, owed[at], -at))
            owed[most] -= sum(weights)
            given[most] += 1
        return given

    def unfit(self, need: Need) -> tuple[Exclusion | None, ...]:
        """What speaks against each candidate, whatever they have in hand."""
        if need not in self._unfit:
            self._unfit[need] = tuple(unfitness(c, need) for c in self.candidates)
        return self._unfit[need]

    def turn(
        self, excluded: Collection[int], *, planned: int | None = None
    ) -> tuple[tuple[int, ...], tuple[int, ...], list[int]]:
        """Let one of those not excluded take a turn: owed before, owed after, and who led.

        The first of those who led is the one whose turn it is, unless it is planned for somebody.
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
        leading = leading if planned is None else [planned]
        after[leading[0]] -= sum(weights)
        self._owed = tuple(after)
        return before, self._owed, leading


def try_team(
    key: str,
    candidates: Sequence[Candidate],
    *,
    rule: str,
    unit_ids: tuple[UUID, ...],
    need: Need,
    strategy: Strategy,
    passed: Mapping[UUID, Literal["declined", "timed_out"]],
    subject_id: UUID,
    desk: Desk,
) -> Trial:
    """Choose among a team's candidates and move their turns on."""
    team = desk.team(key, candidates)
    unfit = team.unfit(need)
    excluded: dict[int, Exclusion] = {at: why for at, why in enumerate(unfit) if why}
    if passed:
        for at, candidate in enumerate(team.candidates):
            if how := passed.get(candidate.person_id):
                excluded[at] = how
    loads: dict[UUID, Load] = {}
    for at in team.capped if strategy == "turns" else range(len(team.candidates)):
        someone = team.candidates[at]
        load = loads[someone.person_id] = desk.load_of(someone.person_id)
        if at not in excluded and (full := fullness(someone, load)):
            excluded[at] = full
    plan = desk.plans.get(key, Plan(given={}))
    ranks = _ranks(team, need, strategy, loads, plan.prices, without=excluded)
    planned = team.place_of(plan.given.get(subject_id), without=excluded)
    behind = {at for at, rank in ranks.items() if rank < max(ranks.values())}
    before, after, leading = team.turn(
        excluded.keys() | (behind if planned is None else set()), planned=planned
    )
    ids = [team.candidates[at].person_id for at in leading]
    return Trial(
        rule=rule,
        unit_ids=unit_ids,
        candidates=team.candidates,
        before=before,
        after=after,
        loads=loads,
        excluded={team.candidates[at].person_id: reason for at, reason in excluded.items()},
        ranks={team.candidates[at].person_id: rank for at, rank in ranks.items()},
        prices=plan.prices,
        planned=plan.given.get(subject_id),
        chosen=ids[0] if ids else None,
        tied=tuple(ids[1:]),
    )


def _ranks(
    team: _Team,
    need: Need,
    strategy: Strategy,
    loads: Mapping[UUID, Load],
    prices: Mapping[UUID, int],
    *,
    without: Collection[int],
) -> dict[int, int]:
    """The higher the better, as whole numbers; nothing where turns alone decide."""
    running = {at: c for at, c in enumerate(team.candidates) if at not in without}
    match strategy:
        case "turns":
            return {}
        case "least_loaded":
            # In millionths of a lead for each unit of weight, so that twice the weight holds twice as much.
            return {at: -loads[c.person_id].held * 10**9 // c.weight for at, c in running.items()}
        case "best_fit" | "best_batch":
            found = fits(list(running.values()), need, loads)
            return {
                at: found[c.person_id] - prices.get(c.person_id, 0) for at, c in running.items()
            }
    assert_never(strategy)


def fits(
    candidates: Sequence[Candidate], need: Need, loads: Mapping[UUID, Load]
) -> dict[UUID, int]:
    """How well each of a team's candidates fits, in thousandths of a certain win."""
    known = [loads[c.person_id] for c in candidates]
    usual = (sum(load.won for load in known) + 1, sum(load.closed for load in known) + 2)
    return {c.person_id: _fit(c, need, loads[c.person_id], usual) for c in candidates}


def _fit(candidate: Candidate, need: Need, load: Load, usual: tuple[int, int]) -> int:
    """Past wins, shrunk towards the team's, and what the candidate is a specialist of, in thousandths.

    The win rate is (won + k·w) / (closed + k) with the team's rate w: the mean of a beta
    distribution whose prior is worth k = `PRIOR` deals (Efron & Morris 1975, empirical Bayes).
    """
    won, closed = usual
    win_rate = 1000 * (load.won * closed + PRIOR * won) // ((load.closed + PRIOR) * closed)
    named = (need.industry in candidate.industries) + (need.product in candidate.products)
    return win_rate + SPECIALIST * named


def unfitness(candidate: Candidate, need: Need) -> Exclusion | None:
    """The first thing that speaks against somebody; being at work at present comes last."""
    if not candidate.active:
        return "inactive"
    if candidate.absent_until:
        return "absent"
    if unable := _inability(candidate, need):
        return unable
    return "off_duty" if need.on_duty and candidate.off_until else None


def _inability(candidate: Candidate, need: Need) -> Exclusion | None:
    """Whoever names no industry or product is for all of them."""
    if need.industry and candidate.industries and need.industry not in candidate.industries:
        return "wrong_industry"
    if need.product and candidate.products and need.product not in candidate.products:
        return "wrong_product"
    if not need.skills.issubset(candidate.skills):
        return "missing_skill"
    if not need.languages.issubset(candidate.languages):
        return "missing_language"
    if candidate.level < need.level:
        return "level_too_low"
    return None if candidate.weight > 0 else "no_weight"


def fullness(candidate: Candidate, load: Load) -> Exclusion | None:
    """The cap somebody has reached."""
    if candidate.daily_cap is not None and load.taken >= candidate.daily_cap:
        return "daily_cap_reached"
    if candidate.open_cap is not None and load.held >= candidate.open_cap:
        return "open_cap_reached"
    return None
