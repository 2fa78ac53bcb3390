"""Why a lead has the score it has: each rule's points, and what cap and time left of them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.leads.domain.scoring import DECAY, Group, ScoringRules, Thresholds, cap_of
from shared.contracts.leads import Grade, ScoreReason


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class RulePoints(_Part):
    """A rule that applied."""

    rule: str
    group: Group
    points: float
    """As the rule gives them."""
    counted: float
    """What the group's cap and time left of them."""


class GroupPoints(_Part):
    """A part of the score: who the lead is, or what it did."""

    points: float
    """The sum of its rules."""
    cap: float
    within_cap: float
    counted: float
    """After decay; both groups together are the score."""


class Explanation(_Part):
    """The answer to “why 72?”."""

    score: float
    grade: Grade
    thresholds: Thresholds
    rules_version: int
    scored_at: AwareDatetime
    fit: GroupPoints
    behaviour: GroupPoints
    rules: tuple[RulePoints, ...]
    """The weightiest first."""


def explain(
    score: float,
    grade: Grade,
    reasons: Sequence[ScoreReason],
    *,
    rules: ScoringRules,
    version: int,
    scored_at: datetime,
) -> Explanation:
    """What each rule of the version that judged did to the score."""
    groups: dict[str, Group] = {rule.name: rule.group for rule in rules.rules}
    taken = {reason.rule: reason.points for reason in reasons if reason.rule not in groups}
    applied = [reason for reason in reasons if reason.rule in groups]
    parts = {
        group: _part(
            [reason.points for reason in applied if groups[reason.rule] == group],
            cap=cap,
            over=taken.get(cap_of(group), 0),
            decay=taken.get(DECAY, 0) if group == "behaviour" else 0,
        )
        for group, cap in rules.caps.items()
    }
    points = [
        RulePoints(
            rule=reason.rule,
            group=groups[reason.rule],
            points=reason.points,
            counted=round(reason.points * _share(parts[groups[reason.rule]]), 2),
        )
        for reason in applied
    ]
    return Explanation(
        score=score,
        grade=grade,
        thresholds=rules.thresholds,
        rules_version=version,
        scored_at=scored_at,
        fit=parts["fit"],
        behaviour=parts["behaviour"],
        rules=tuple(sorted(points, key=lambda each: -abs(each.counted))),
    )


def _part(points: Sequence[float], *, cap: float, over: float, decay: float) -> GroupPoints:
    total = sum(points)
    return GroupPoints(
        points=round(total, 2),
        cap=cap,
        within_cap=round(total + over, 2),
        counted=round(total + over + decay, 2),
    )


def _share(part: GroupPoints) -> float:
    return part.counted / part.points if part.points else 0
