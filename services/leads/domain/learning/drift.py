"""Whether the leads of today still look like those that were learned from."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import log
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.leads.domain.learning.features import Row
from services.leads.domain.learning.model import Model
from shared.aggregate import advance
from shared.contracts.leads import LearnedScoreDrifted
from shared.ids import external_id

SCORE = "score"
_PARTS = 10
_NEVER = 0.0005
"""A heading under which nothing was counted, so that a share can be compared with it."""

Shares = Mapping[str, float]


class Profile(BaseModel):
    """How the leads that were learned from are spread over the values of every feature."""

    model_config = ConfigDict(frozen=True)

    leads: int
    score_limits: tuple[float, ...]
    shares: Mapping[str, Shares]


class Drift(BaseModel):
    """How far recent leads lie from a profile, by population stability index."""

    model_config = ConfigDict(frozen=True)

    leads: int
    score: float
    features: Mapping[str, float]
    """The furthest first."""
    beyond: tuple[str, ...]
    """What lies beyond the limit: an alarm."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How a learned score was found when it was looked at last."""

    version: int
    sequence: int = 0
    beyond: tuple[str, ...] = ()

    @property
    def id(self) -> UUID:
        """The id of the learned score, the same everywhere."""
        return external_id("learned_score", "shangji", str(self.version))


def look_again(
    watch: Watch, measured: Drift, *, now: datetime
) -> tuple[Watch, tuple[LearnedScoreDrifted, ...]]:
    """Say what has moved beyond the limit since; what was beyond it before is known."""
    if set(measured.beyond) <= set(watch.beyond):
        return replace(watch, beyond=measured.beyond), ()
    drifted = LearnedScoreDrifted(
        learned_score_id=watch.id,
        version=watch.version,
        leads=measured.leads,
        beyond=measured.beyond,
        measured_at=now,
    )
    return advance(watch, drifted, beyond=measured.beyond)


def profile(model: Model, rows: Sequence[Row]) -> Profile:
    """The spread of these leads."""
    ordered = sorted(model.probability(row) for row in rows)
    limits = tuple(
        sorted({ordered[len(ordered) * part // _PARTS] for part in range(1, _PARTS)})
        if ordered
        else ()
    )
    return Profile(leads=len(rows), score_limits=limits, shares=_spread(model, limits, rows))


def drift(model: Model, then: Profile, rows: Sequence[Row], *, limit: float) -> Drift:
    """How far these leads lie from the profile."""
    now = _spread(model, then.score_limits, rows)
    moved = {name: stability_index(then.shares[name], now[name]) for name in now} if rows else {}
    score = moved.pop(SCORE, 0.0)
    features = dict(sorted(moved.items(), key=lambda item: -item[1]))
    beyond = [name for name, index in {SCORE: score, **features}.items() if index > limit]
    return Drift(leads=len(rows), score=score, features=features, beyond=tuple(beyond))


def stability_index(then: Shares, now: Shares) -> float:
    """The population stability index: 0 for the same spread; from 0.25 on it is another one."""
    headings = {*then, *now}
    return round(sum(_moved(then.get(at, 0), now.get(at, 0)) for at in headings), 4)


def _moved(then: float, now: float) -> float:
    before, after = max(then, _NEVER), max(now, _NEVER)
    return (after - before) * log(after / before)


def _spread(model: Model, limits: Sequence[float], rows: Sequence[Row]) -> dict[str, Shares]:
    spread = {
        feature.name: _shares(feature.bin(row.get(feature.name)) for row in rows)
        for feature in model.features
    }
    spread[SCORE] = _shares(str(bisect_right(limits, model.probability(row))) for row in rows)
    return spread


def _shares(headings: Iterable[str]) -> Shares:
    counted = Counter(headings)
    return {heading: round(count / counted.total(), 5) for heading, count in counted.items()}
