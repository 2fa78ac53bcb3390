"""How good a lead looks: rules as data, points with reasons, and what time takes away.

Fit (who it is) stays; behaviour (what it did) halves with every half-life since the last touch.
See docs/decisions/0007-scoring.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.leads.domain.refusals import RulesDoNotCompile
from shared import rules
from shared.contracts.leads import Grade, ScoreReason
from shared.refusals import FieldError

Group = Literal["fit", "behaviour"]
Signal = str | float | bool
"""One thing a sender measured, such as the number of visits."""

DECAY = "decay"
"""The reason that stands for what time took away."""
_DIGITS = 2
_HALF_A_DIGIT = 0.5 * 10**-_DIGITS
VARIABLES: Mapping[str, str] = {
    "channel": "string",
    "source": "string",
    "origin": "string",
    "campaign": "string",
    "company_name": "string",
    "region": "string",
    "industry": "string",
    "has_mobile": "bool",
    "has_phone": "bool",
    "has_mail": "bool",
    "do_not_email": "bool",
    "do_not_call": "bool",
    "touches": "double",
    "attributes": "map",
}
"""What a condition may ask about; `attributes` holds what the sender measured."""
CONDITIONS = rules.Environment(VARIABLES)


class Rule(BaseModel):
    """Points for every lead that meets a condition; negative points are allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    group: Group
    when: str = Field(min_length=1, max_length=2000)
    points: float = Field(ge=-1000, le=1000, allow_inf_nan=False)

    @cached_property
    def reason(self) -> ScoreReason:
        """What a score says of it where it applied."""
        return ScoreReason(rule=self.name, points=self.points)

    @cached_property
    def condition(self) -> rules.Rule:
        """When it applies; raises `rules.InvalidExpression`."""
        return CONDITIONS.compile(self.when)


class Thresholds(BaseModel):
    """The least score of grades A and B; everything below is C."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: float = Field(allow_inf_nan=False)
    b: float = Field(allow_inf_nan=False)

    @model_validator(mode="after")
    def _a_is_better(self) -> Self:
        if self.a < self.b:
            raise ValueError("an A takes at least as much as a B")
        return self


class ScoringRules(BaseModel):
    """One version of the scoring configuration: caps, half-life and thresholds hold for all rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = Field(max_length=200)
    fit_cap: float = Field(default=60, gt=0, allow_inf_nan=False)
    behaviour_cap: float = Field(default=40, gt=0, allow_inf_nan=False)
    half_life_days: float = Field(default=30, gt=0, le=3650)
    thresholds: Thresholds

    @property
    def caps(self) -> Mapping[Group, float]:
        """The most and, below nothing, the least that each group can give."""
        return {"fit": self.fit_cap, "behaviour": self.behaviour_cap}


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """Scoring rules in force, and the version that a score will name as its judge."""

    version: int
    rules: ScoringRules


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """A score, what it is made of, and when time alone will change the grade."""

    score: float
    grade: Grade
    reasons: tuple[ScoreReason, ...]
    """Their points add up to the score."""
    rules_version: int
    due_at: datetime | None
    """When decay moves the grade; nothing when it never does."""


def score(
    signals: Mapping[str, Signal | Mapping[str, Signal]],
    *,
    touched_at: datetime,
    scoring: Scoring,
    now: datetime,
) -> Assessment:
    """Judge a lead by what is known of it as of `now`."""
    policy = scoring.rules
    applied = _applied(policy, signals)
    fit, over_fit = _capped(applied, "fit", policy.fit_cap)
    behaviour, over_behaviour = _capped(applied, "behaviour", policy.behaviour_cap)
    half_life = timedelta(days=policy.half_life_days)
    kept = 0.5 ** (max(now - touched_at, timedelta()) / half_life)
    total = round(fit + behaviour * kept, _DIGITS)
    taken_away = {
        cap_of("fit"): over_fit,
        cap_of("behaviour"): over_behaviour,
        DECAY: round(behaviour * kept - behaviour, _DIGITS),
    }
    return Assessment(
        score=total,
        grade=_grade(total, policy.thresholds),
        reasons=(
            *(rule.reason for rule in applied if rule.points),
            *(ScoreReason(rule=why, points=points) for why, points in taken_away.items() if points),
        ),
        rules_version=scoring.version,
        due_at=_crossing(fit, behaviour, kept, policy, touched_at),
    )


def cap_of(group: Group) -> str:
    """The reason that stands for what a group's cap took away."""
    return f"cap: {group}"


def holds(when: str, signals: Mapping[str, Signal | Mapping[str, Signal]]) -> bool:
    """Whether a condition that was checked when it was saved holds for a lead."""
    return _holds(CONDITIONS.compile(when), signals)


def check(body: Mapping[str, JsonValue]) -> ScoringRules:
    """The rules in a draft; names every condition that is not one."""
    policy = ScoringRules.model_validate(body)
    errors: list[FieldError] = []
    for number, rule in enumerate(policy.rules):
        try:
            _ = rule.condition
        except rules.InvalidExpression as invalid:
            errors.append(FieldError(pointer=f"/rules/{number}/when", reason=str(invalid)))
    if errors:
        raise RulesDoNotCompile(errors=tuple(errors))
    return policy


def _applied(
    policy: ScoringRules, signals: Mapping[str, Signal | Mapping[str, Signal]]
) -> list[Rule]:
    return [rule for rule in policy.rules if _holds(rule.condition, signals)]


def _holds(condition: rules.Rule, signals: Mapping[str, Signal | Mapping[str, Signal]]) -> bool:
    """A condition about something nobody measured does not hold."""
    try:
        return condition.evaluate(signals) is True
    except rules.RuleFailed:
        return False


def _capped(applied: list[Rule], group: Group, cap: float) -> tuple[float, float]:
    """The group's points within its cap, and what the cap took away."""
    total = sum(rule.points for rule in applied if rule.group == group)
    within = max(-cap, min(cap, total))
    return within, within - total


def _grade(total: float, thresholds: Thresholds) -> Grade:
    if total >= thresholds.a:
        return "A"
    return "B" if total >= thresholds.b else "C"


def _crossing(
    fit: float, behaviour: float, kept: float, policy: ScoringRules, touched_at: datetime
) -> datetime | None:
    """When the score, moving towards `fit`, first passes a threshold and so changes the grade."""
    if behaviour == 0:
        return None
    left = [
        (threshold - _HALF_A_DIGIT - fit) / behaviour
        for threshold in (policy.thresholds.a, policy.thresholds.b)
    ]
    next_left = max((share for share in left if 0 < share < kept), default=None)
    if next_left is None:
        return None
    days = policy.half_life_days * -math.log2(next_left)
    return touched_at + timedelta(days=days, seconds=1) if days < _FAR else None


_FAR = 36_500
