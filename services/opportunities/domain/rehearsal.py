"""What other routing rules would have made of the leads of a past window: pure, so that it can have no side effect.

Both sets of rules are played from the same start over the same leads, in the order in which they came,
with the people there are now, out of office when they were. Daily caps begin anew every day; a lead that
is over by now leaves its owner's hands at the end of the day on which it came.
"""

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.opportunities.domain import batch as batches
from services.opportunities.domain import receipt, routing
from services.opportunities.domain.duty import Absence, off_until, seen
from services.opportunities.domain.routing import (
    WAITS,
    Choice,
    Reading,
    RoutingRules,
    RuleSets,
    Staff,
    Territory,
    Way,
)
from services.opportunities.domain.subjects import Routable
from services.opportunities.domain.turns import Candidate, Desk
from shared.calendar import Calendar
from shared.contracts.opportunities import Shift

GOOD = ("A", "B")
"""Grades that everybody wants."""
WITH_RECEIPTS = 1_000
"""Of so many leads that would move both receipts are kept, the first that came."""
MOST_WAITS = 5
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Past:
    """A lead that came."""

    at: datetime
    subject: Routable
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Everybody who could be given something, and what routing knows of them."""

    people: Mapping[UUID, Candidate]
    below: Mapping[UUID, tuple[UUID, ...]]
    """The sellers of each unit and of those below it."""
    territories: tuple[Territory, ...]
    calendars: Mapping[UUID, Calendar]
    """By unit."""
    zone: str
    shifts: Mapping[UUID, tuple[Shift, ...]] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    above: Mapping[UUID, Collection[UUID]] = field(default_factory=dict)
    """Each unit with all that it lies in."""
    results: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    responses: Mapping[UUID, Sequence[float]] = field(default_factory=dict)
    """The working minutes that each took to respond, ascending; infinite where they did not."""

    def at(self, moment: datetime, *, minds_hours: bool) -> dict[UUID, Candidate]:
        """The people as they were at a moment."""
        away = {a.person_id: a for a in self.absences if a.starts_at <= moment < a.ends_at}
        off: dict[tuple[UUID, tuple[Shift, ...]], datetime | None] = {}
        found: dict[UUID, Candidate] = {}
        for person_id, someone in self.people.items():
            key = (someone.unit_id, self.shifts.get(person_id, ()))
            if minds_hours and key not in off:
                off[key] = off_until(key[1], self.calendars[someone.unit_id], moment)
            found[person_id] = seen(someone, away.get(person_id), off.get(key))
        return found


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one lead."""

    owner_id: UUID | None
    way: Way
    reason: str
    respond_within: float = 0.0
    """Working minutes."""


@dataclass(kw_only=True)
class Play:
    """One set of rules on its way through the past."""

    rules: RuleSets
    roster: Roster
    watched: Collection[int] = ()
    """Leads whose whole choice is kept, by their number."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    kept: dict[int, Choice] = field(default_factory=dict)
    _owed: dict[str, dict[UUID, int]] = field(default_factory=dict)
    _held: dict[UUID, int] = field(default_factory=dict)

    def run(self, past: Sequence[Past]) -> None:
        """Decide for one lead after the other; one that waits for working hours comes again."""
        minds_hours = any(r.off_hours != "assign" for rules in self.rules.sets for r in rules.rules)
        line = [(lead.at, number, 0) for number, lead in enumerate(past)]
        heapq.heapify(line)
        desk, today, leaving = Desk(), "", list[UUID]()
        while line and not self._has_seen_enough:
            day, step = self._step(line[0][0], minds_hours=minds_hours)
            if day != today:
                for owner_id in leaving:
                    self._held[owner_id] -= 1
                desk, today, leaving = Desk(), day, []
            batch: list[tuple[datetime, int, int]] = []
            while line and self._step(line[0][0], minds_hours=minds_hours) == (day, step):
                batch.append(heapq.heappop(line))
            desk = Desk(
                deficits=self._owed,
                taken=desk.taken,
                held=self._held,
                results=dict(self.roster.results),
            )
            moment = batch[0][0]
            people = self.roster.at(moment, minds_hours=minds_hours)
            for number, choice, waits in self._decide(batch, past, desk, people):
                again = routing.try_again_at(choice, tomorrow=moment, now=moment)
                if choice.reasons[:1] == (WAITS,) and again and waits < MOST_WAITS:
                    heapq.heappush(line, (again, number, waits + 1))
                    continue
                self._keep(number, choice)
                if choice.owner_id and not past[number].is_open:
                    leaving.append(choice.owner_id)
            self._owed = desk.owed()

    @property
    def _has_seen_enough(self) -> bool:
        return bool(self.watched) and len(self.kept) == len(self.watched)

    def _decide(
        self,
        batch: Sequence[tuple[datetime, int, int]],
        past: Sequence[Past],
        desk: Desk,
        people: Mapping[UUID, Candidate],
    ) -> list[tuple[int, Choice, int]]:
        readings = {number: self._read(past[number].subject) for _, number, _ in batch}
        staff = Staff(teams=self._teams(list(readings.values()), people), named=people)
        desk.plans = batches.plan(list(readings.values()), staff=staff, desk=desk)
        return [
            (number, routing.choose(readings[number], staff=staff, desk=desk), waits)
            for _, number, waits in batch
        ]

    def _read(self, subject: Routable) -> Reading:
        rules = self.rules.of(subject, self.roster.above.get(subject.unit_id, ()))
        return routing.read(subject, rules or self.rules.last, self.roster.territories)

    def _teams(
        self, readings: Sequence[Reading], people: Mapping[UUID, Candidate]
    ) -> dict[str, tuple[Candidate, ...]]:
        wanted = {team.key: team.unit_ids for reading in readings for team in reading.teams}
        return {
            key: tuple(
                people[person_id]
                for person_id in sorted({p for u in units for p in self.roster.below.get(u, ())})
            )
            for key, units in wanted.items()
        }

    def _keep(self, number: int, choice: Choice) -> None:
        reason = choice.reasons[0] if choice.reasons else ""
        rules = self.rules.named(choice.rule_set) or self.rules.last
        self.outcomes[number] = Outcome(
            owner_id=choice.owner_id,
            way=choice.way,
            reason=reason,
            respond_within=rules.times_of(choice)[0] / MINUTE,
        )
        if number in self.watched:
            self.kept[number] = choice

    def _step(self, at: datetime, *, minds_hours: bool) -> tuple[str, int]:
        """The day, and the hour where it matters who is at work."""
        local = at.astimezone(ZoneInfo(self.roster.zone))
        return local.date().isoformat(), local.hour if minds_hours else 0


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Side(_Part):
    """What one set of rules makes of the leads."""

    version: int
    """Of the rule set that is rehearsed; 0 before there was any."""
    owned: int
    pooled: int
    unassigned: int
    reasons: Mapping[str, int]
    """Why those that nobody has are nobody's."""
    gini: float | None
    """How unevenly good leads are spread for the weights: 0 when all have their share, towards 1 when one has all."""
    in_time: float | None
    """The share of responses to be expected within what the rules ask, if everybody goes on as they have."""


class Load(_Part):
    """What one person would have got."""

    person_id: UUID
    before: int
    after: int
    good_before: int
    good_after: int


class Move(_Part):
    """A lead that somebody else would have got, with both receipts; or what a pool would have taken back."""

    lead_id: UUID
    """Of a customer where the pool is for customers."""
    came_at: datetime
    before_id: UUID | None
    after_id: UUID | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Rehearsal(_Part):
    """What would have been different."""

    leads: int
    moved: int
    before: Side
    after: Side
    people: tuple[Load, ...]
    digest: str
    """Of who got what under either rules: the same run has the same."""


def rehearse(
    past: Sequence[Past], *, in_force: RuleSets, tried: RoutingRules, roster: Roster
) -> tuple[Rehearsal, Sequence[Move]]:
    """Play the rules without and with the draft; of the first leads that move both receipts are written."""
    sides = (in_force, in_force.with_draft(tried))
    version = getattr(in_force.named(tried.name), "version", 0)
    plays = [Play(rules=rules, roster=roster) for rules in sides]
    for play in plays:
        play.run(past)
    before, after = ([play.outcomes[number] for number in range(len(past))] for play in plays)
    moved = [n for n in range(len(past)) if before[n].owner_id != after[n].owner_id]
    everybody = sorted({p for people in roster.below.values() for p in people})
    result = Rehearsal(
        leads=len(past),
        moved=len(moved),
        before=_side(past, before, version, roster, everybody),
        after=_side(past, after, tried.version, roster, everybody),
        people=_loads(past, before, after, everybody),
        digest=sha256(
            "".join(
                f"{b.owner_id}{a.owner_id}" for b, a in zip(before, after, strict=True)
            ).encode()
        ).hexdigest(),
    )
    return result, _moves(past, moved[:WITH_RECEIPTS], sides, roster)


def _side(
    past: Sequence[Past],
    outcomes: Sequence[Outcome],
    version: int,
    roster: Roster,
    everybody: Sequence[UUID],
) -> Side:
    ways = Counter(outcome.way for outcome in outcomes)
    nobody = [outcome for outcome in outcomes if outcome.owner_id is None]
    good = _counted(past, outcomes, good=True)
    shares = [
        good[person_id] * 1000 / roster.people[person_id].weight
        for person_id in everybody
        if roster.people[person_id].active and roster.people[person_id].weight
    ]
    known = [
        _share_in_time(responses, outcome.respond_within)
        for outcome in outcomes
        if outcome.owner_id and (responses := roster.responses.get(outcome.owner_id))
    ]
    return Side(
        version=version,
        owned=len(outcomes) - len(nobody),
        pooled=ways["pool"],
        unassigned=ways["unassigned"],
        reasons=dict(Counter(outcome.reason for outcome in nobody).most_common(20)),
        gini=gini(shares),
        in_time=round(sum(known) / len(known), 4) if known else None,
    )


def _share_in_time(responses: Sequence[float], within: float) -> float:
    return bisect_right(responses, within) / len(responses)


def gini(shares: Sequence[float]) -> float | None:
    """Gini's coefficient of concentration (1912): half the mean difference between two, beside the mean."""
    ordered, count = sorted(shares), len(shares)
    total = sum(ordered)
    if not total:
        return None
    # By the Lorenz curve: twice the area between it and the line on which all have the same.
    below = sum(accumulate(ordered))
    return round((count + 1 - 2 * below / total) / count, 4)


def _loads(
    past: Sequence[Past],
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    everybody: Sequence[UUID],
) -> tuple[Load, ...]:
    counts = [_counted(past, side, good=good) for good in (False, True) for side in (before, after)]
    people = sorted({*everybody, *counts[0], *counts[1]})
    return tuple(
        Load(
            person_id=person_id,
            before=counts[0][person_id],
            after=counts[1][person_id],
            good_before=counts[2][person_id],
            good_after=counts[3][person_id],
        )
        for person_id in people
    )


def _counted(past: Sequence[Past], outcomes: Sequence[Outcome], *, good: bool) -> Counter[UUID]:
    return Counter(
        outcome.owner_id
        for lead, outcome in zip(past, outcomes, strict=True)
        if outcome.owner_id and (not good or lead.subject.grade in GOOD)
    )


def _moves(
    past: Sequence[Past],
    numbers: Sequence[int],
    rules: tuple[RuleSets, RuleSets],
    roster: Roster,
) -> list[Move]:
    """Play again as far as the last of these leads: keeping every choice of a year would fill the memory."""
    if not numbers:
        return []
    watched = frozenset(numbers)
    plays = [Play(rules=each, roster=roster, watched=watched) for each in rules]
    for play in plays:
        play.run(past)
    receipts = [receipt.write_all([play.kept[number] for number in numbers]) for play in plays]
    return [
        Move(
            lead_id=past[number].subject.subject_id,
            came_at=past[number].at,
            before_id=plays[0].kept[number].owner_id,
            after_id=plays[1].kept[number].owner_id,
            before=before,
            after=after,
        )
        for number, before, after in zip(numbers, *receipts, strict=True)
    ]
