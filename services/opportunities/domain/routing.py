"""Who gets it: rules in order, each with its teams, and what happens when none of them helps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, assert_never
from uuid import UUID

from services.opportunities.domain import ownership, turns
from services.opportunities.domain.ownership import Decision, Owner, Ownership
from services.opportunities.domain.pool import Pool
from services.opportunities.domain.subjects import Routable
from services.opportunities.domain.turns import Candidate, Desk, Need, Strategy, Trial
from shared.contracts.base import SubjectKind
from shared.rules import Rule as Condition
from shared.rules import RuleFailed

BY_REGION = "by_region"

Way = Literal["wanted", "existing_owner", "rule", "fallback", "pool", "unassigned"]
OffHours = Literal["assign", "pass_on", "wait"]
"""When nobody who could take it is at work: they get it all the same, the next rule is tried, or it waits."""
WAITS = "waits_for_working_hours"
COUNT_AGAIN = timedelta(minutes=15)
"""After so long somebody whose hands were full may have closed something."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Which subjects it is for, which units' sellers get them, and what those must be able to do."""

    name: str
    when: Condition
    to: str
    """`by_region`, or the name of a unit."""
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    level: int = 0
    match_industry: bool = True
    match_product: bool = True
    strategy: Strategy = "turns"
    off_hours: OffHours = "assign"
    respond_within: timedelta | None = None
    """Of working time; nothing for what the rule set says, and so below."""
    pass_on_within: timedelta | None = None

    def need_of(self, subject: Routable) -> Need:
        """What whoever is given this subject must be able to do."""
        return Need(
            industry=subject.industry if self.match_industry else "",
            product=subject.product if self.match_product else "",
            skills=self.skills,
            languages=self.languages,
            level=self.level,
            on_duty=self.off_hours != "assign",
        )


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """When no rule finds anybody: a fallback owner, else a pool, else the unassigned list."""

    fallback_owner_id: UUID | None = None
    to_pool: bool = True


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a rule set is for. Deals are given away by rules only where a set of their own says so."""

    kinds: frozenset[SubjectKind] = frozenset({"lead", "customer"})
    unit_id: UUID | None = None
    """For what belongs to this unit or to one below it; nothing for all."""
    products: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def covers(self, subject: Routable, above: Collection[UUID]) -> bool:
        """Whether the subject, whose unit lies in these, is given by the set."""
        return (
            subject.kind in self.kinds
            and (self.unit_id is None or self.unit_id in above)
            and (not self.products or subject.product in self.products)
            and (not self.channels or subject.channel in self.channels)
        )


@dataclass(frozen=True, kw_only=True)
class RoutingRules:
    """One version of a rule set, its rules in the order in which they are tried."""

    version: int
    name: str = ""
    """Nothing for the set that is for all."""
    scope: Scope = Scope()
    rules: tuple[Rule, ...]
    otherwise: Otherwise
    respond_within: timedelta
    """Working time in which a new owner has to act."""
    pass_on_within: timedelta | None = None
    """Working time after which it goes to the next candidate if they have not; nothing for never."""
    objective: float = 0.95
    """The share of responses that shall be in time."""

    def times_of(self, choice: "Choice") -> tuple[timedelta, timedelta | None]:
        """The working time in which its new owner has to act, and after which it is passed on."""
        winner = choice.trials[-1].rule if choice.way == "rule" else None
        rule = next((rule for rule in self.rules if rule.name == winner), None)
        return (
            (rule and rule.respond_within) or self.respond_within,
            (rule and rule.pass_on_within) or self.pass_on_within,
        )


@dataclass(frozen=True, kw_only=True)
class RuleSets:
    """The sets beside one another: those of one's own by name, and at last the one that is for all."""

    sets: tuple[RoutingRules, ...]

    @property
    def last(self) -> RoutingRules:
        """The one that is for all."""
        return self.sets[-1]

    def of(self, subject: Routable, above: Collection[UUID]) -> RoutingRules | None:
        """The first that is for the subject."""
        return next((each for each in self.sets if each.scope.covers(subject, above)), None)

    def named(self, name: str) -> RoutingRules | None:
        """The one of this name, if there is any."""
        return next((each for each in self.sets if each.name == name), None)

    def with_draft(self, draft: RoutingRules) -> "RuleSets":
        """The same, with a version that is not in force in the place of its own."""
        others = [each for each in self.sets if each.name != draft.name]
        return RuleSets(sets=tuple(sorted([*others, draft], key=lambda s: (not s.name, s.name))))


@dataclass(frozen=True, kw_only=True)
class Territory:
    """A unit as routing sees it: its name, and the regions it serves."""

    id: UUID
    name: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Team:
    """The units among whose sellers a rule chooses."""

    rule: Rule
    unit_ids: tuple[UUID, ...]
    rule_set: str = ""

    @cached_property
    def key(self) -> str:
        """Under this name the turns are remembered, also from one version of the rules to the next."""
        name = f"{self.rule_set}/{self.rule.name}" if self.rule_set else self.rule.name
        return f"{name}@{','.join(map(str, self.unit_ids))}"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One subject read against the rules: the teams to try in order, and why other rules cannot help."""

    subject: Routable
    rules: RoutingRules
    teams: tuple[Team, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Staff:
    """The people a batch may be given to: the sellers of each team, and those named apart from rules."""

    teams: Mapping[str, Sequence[Candidate]]
    named: Mapping[UUID, Candidate] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Where it goes, by which way, and everything that led there."""

    subject: Routable
    way: Way
    rule_set: str = ""
    owner_id: UUID | None = None
    unit_id: UUID | None = None
    named: tuple[Candidate, ...] = ()
    trials: tuple[Trial, ...] = ()
    reasons: tuple[str, ...] = ()


def read(subject: Routable, rules: RoutingRules, territories: Sequence[Territory]) -> Reading:
    """Find the teams of every rule that applies, in order; it needs no lock and no person."""
    teams: list[Team] = []
    reasons: list[str] = []
    facts = facts_of(subject)
    for rule in rules.rules:
        try:
            applies = rule.when.evaluate(facts)
        except RuleFailed:
            reasons.append(f"rule_failed:{rule.name}")
            continue
        if not applies:
            continue
        units = tuple(sorted(unit.id for unit in territories if _is_meant(unit, rule, subject)))
        if units:
            teams.append(Team(rule=rule, unit_ids=units, rule_set=rules.name))
        elif rule.to == BY_REGION:
            reasons.append(f"region_not_served:{subject.region}")
        else:
            reasons.append(f"unit_unknown:{rule.to}")
    if not teams and not reasons:
        reasons.append("no_rule_applies")
    return Reading(subject=subject, rules=rules, teams=tuple(teams), reasons=tuple(reasons))


def facts_of(subject: Routable) -> dict[str, str | float]:
    """What a rule's condition may speak of."""
    return {
        "region": subject.region,
        "industry": subject.industry,
        "source": subject.source,
        "origin": subject.origin,
        "channel": subject.channel,
        "campaign": subject.campaign,
        "company": subject.company,
        "product": subject.product,
        "score": subject.score,
        "grade": subject.grade,
        "amount": subject.amount,
    }


def choose(reading: Reading, *, staff: Staff, desk: Desk) -> Choice:
    """Decide for one subject and move the desk on to the next."""
    subject, otherwise = reading.subject, reading.rules.otherwise
    noted = list(reading.reasons)
    named: list[Candidate] = []
    wishes: tuple[tuple[Way, UUID | None], ...] = (
        ("wanted", subject.wanted_owner_id),
        ("existing_owner", subject.existing_owner_id),
    )
    if found := _first_active(wishes, subject, staff, named, noted):
        desk.give(found[1].person_id)
        return _settled(reading, *found, named=named, reasons=noted)

    trials: list[Trial] = []
    for team in reading.teams:
        trial = _try(team, subject, staff.teams.get(team.key, ()), desk)
        trials.append(trial)
        if someone := trial.winner:
            desk.give(someone.person_id)
            return _settled(reading, "rule", someone, named=named, trials=trials, reasons=noted)
        noted.extend(sorted(set(trial.excluded.values())) or ["team_empty"])
        if team.rule.off_hours == "wait" and "off_duty" in trial.excluded.values():
            noted.insert(0, WAITS)
            return _settled(reading, "unassigned", None, named=named, trials=trials, reasons=noted)

    last: tuple[tuple[Way, UUID | None], ...] = (("fallback", otherwise.fallback_owner_id),)
    if found := _first_active(last, subject, staff, named, noted):
        desk.give(found[1].person_id)
        return _settled(reading, *found, named=named, trials=trials, reasons=noted)
    return _settled(
        reading,
        "pool" if otherwise.to_pool and subject.kind == "lead" else "unassigned",
        None,
        named=named,
        trials=trials,
        reasons=noted,
    )


def settle(
    choice: Choice,
    held: Ownership,
    *,
    pool: Pool | None,
    respond_by: datetime | None,
    pass_on_at: datetime | None,
    receipt_id: UUID,
    now: datetime,
) -> Decision:
    """Turn a choice into an owner, a place in the pool, or a line on the unassigned list."""
    match choice.way:
        case "wanted" | "existing_owner" | "rule" | "fallback":
            if choice.owner_id is None or choice.unit_id is None:
                raise ValueError(f"Nobody was chosen by {choice.way}")
            return ownership.assign(
                held,
                to=Owner(person_id=choice.owner_id, unit_id=choice.unit_id),
                reason="routed" if choice.way == "rule" else choice.way,
                respond_by=respond_by,
                pass_on_at=pass_on_at,
                receipt_id=receipt_id,
                now=now,
            )
        case "pool":
            if pool is None:
                raise ValueError("There is no pool for it")
            reason = choice.reasons[0] if choice.reasons else "no_candidate"
            return ownership.put_in_pool(
                held, pool_id=pool.id, unit_id=pool.unit_id, reason=reason, now=now
            )
        case "unassigned":
            return ownership.leave_unassigned(
                held, reasons=choice.reasons, receipt_id=receipt_id, now=now
            )
    assert_never(choice.way)


def _first_active(
    ways: Sequence[tuple[Way, UUID | None]],
    subject: Routable,
    staff: Staff,
    named: list[Candidate],
    noted: list[str],
) -> tuple[Way, Candidate] | None:
    """The first of the people named by id who is there to take it; the others are noted.

    Whoever is out of office still has what they found themselves; of the rest their stand-in. Nobody
    is asked who has let it pass.
    """
    for way, person_id in ways:
        if person_id is None or person_id in subject.passed:
            continue
        if someone := staff.named.get(person_id):
            named.append(someone)
            if someone.active and (way == "wanted" or not someone.absent_until):
                return way, someone
            if someone.active and (other := _stand_in(someone, subject, staff, named)):
                noted.append(f"{way}_absent")
                return way, other
        noted.append(f"{way}_unavailable")
    return None


def _stand_in(
    absent: Candidate, subject: Routable, staff: Staff, named: list[Candidate]
) -> Candidate | None:
    """Whoever is there of those who stand in for somebody, and for them in turn."""
    asked = {absent.person_id}
    while absent.stand_in_id and absent.stand_in_id not in asked:
        other = staff.named.get(absent.stand_in_id)
        if other is None:
            return None
        named.append(other)
        if other.person_id in subject.passed:
            return None
        if other.active and not other.absent_until:
            return other
        asked.add(other.person_id)
        absent = other
    return None


def try_again_at(choice: Choice, *, tomorrow: datetime, now: datetime) -> datetime | None:
    """When time alone may lead to another choice; nothing where only a change of something can."""
    found: list[datetime] = []
    for trial in choice.trials:
        reasons = set(trial.excluded.values())
        if "daily_cap_reached" in reasons:
            found.append(tomorrow)
        if "open_cap_reached" in reasons:
            found.append(now + COUNT_AGAIN)
        found += [c.off_until for c in trial.candidates if c.off_until]
        found += [c.absent_until for c in trial.candidates if c.absent_until]
    found += [someone.absent_until for someone in choice.named if someone.absent_until]
    return min(found, default=None)


def _try(team: Team, subject: Routable, candidates: Sequence[Candidate], desk: Desk) -> Trial:
    rule = team.rule
    return turns.try_team(
        team.key,
        candidates,
        rule=rule.name,
        unit_ids=team.unit_ids,
        need=rule.need_of(subject),
        strategy=rule.strategy,
        passed=subject.passed,
        subject_id=subject.subject_id,
        desk=desk,
    )


def _settled(
    reading: Reading,
    way: Way,
    someone: Candidate | None,
    *,
    named: Sequence[Candidate],
    reasons: Sequence[str],
    trials: Sequence[Trial] = (),
) -> Choice:
    return Choice(
        subject=reading.subject,
        way=way,
        rule_set=reading.rules.name,
        owner_id=someone.person_id if someone else None,
        unit_id=someone.unit_id if someone else None,
        named=tuple(named),
        trials=tuple(trials),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _is_meant(unit: Territory, rule: Rule, subject: Routable) -> bool:
    if rule.to == BY_REGION:
        return subject.region in unit.regions
    return unit.name == rule.to
