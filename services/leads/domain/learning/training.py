"""Learning from closed leads: boosted trees, as many as cross-validation says, made to mean what they say.

Needs scikit-learn, and seconds of one processor: run it in a process of its own.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from services.leads.domain.learning.boosting import Numbers, as_model, grow, read
from services.leads.domain.learning.card import Card, FeatureLine, HeldOut, LearnedScore
from services.leads.domain.learning.drift import profile
from services.leads.domain.learning.features import Example, Row, text_of
from services.leads.domain.learning.model import Feature, Levels, Model, log_odds
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.domain.learning.quality import auc, brier, calibration_error, deciles
from services.leads.domain.learning.shape import features_of, numbered
from services.leads.domain.learning.suspicion import suspicions

COUNTS = (25, 50, 100, 150, 200)
"""How many trees are tried."""
FOLDS = 5
_DOUBT = 20
"""So many won (or lost) leads earn half the trust."""
_TRUSTED = 0.8
_FEWEST = FOLDS
_LOOKED_AT = 1000
"""Leads that are enough to say how strong a feature is."""


def train(
    closed: Sequence[Example],
    still_open: Sequence[Row],
    *,
    policy: LearningPolicy,
    now: datetime,
) -> LearnedScore:
    """The score that these closed leads teach; at least one of them is not held out."""
    seen = [example for example in closed if not example.is_held_out]
    won = [example.won is True for example in seen]
    rows = [example.known for example in seen]
    rarer = min(sum(won), len(won) - sum(won))
    trust = rarer / (rarer + _DOUBT)
    base_rate = (sum(won) + 1) / (len(won) + 2)

    features = features_of(rows, excluded=policy.excluded, least=policy.least_rows)
    model = (
        _fit(features, rows, won, trust=trust, base_rate=base_rate)
        if features and rarer >= _FEWEST
        else Model(intercept=log_odds(base_rate))
    )
    held_out = [example for example in closed if example.is_held_out]
    moments = [example.captured_at for example in seen]
    card = Card(
        trained_at=now,
        captured_from=min(moments),
        captured_to=max(moments),
        leads=len(seen),
        won=sum(won),
        base_rate=round(base_rate, 4),
        excluded=policy.excluded,
        features=_feature_lines(model, rows),
        suspicions=suspicions(features, seen, still_open),
        held_out=_examined(model, held_out, base_rate),
        trust=round(trust if model.trees else 0, 3),
        cold_start=trust < _TRUSTED,
        remarks=_remarks(rarer, trust),
    )
    return LearnedScore(model=model, card=card, profile=profile(model, rows))


def _fit(
    features: Sequence[Feature],
    rows: Sequence[Row],
    won: Sequence[bool],
    *,
    trust: float,
    base_rate: float,
) -> Model:
    outcomes = np.array(won, dtype=int)
    unseen = _unseen(features, rows, outcomes)
    trees = min(unseen, key=lambda count: log_loss(outcomes, _chances(unseen[count])))
    # On leads that a fold had not seen, trees are a little too loud or too quiet: mend that.
    mend = LogisticRegression(C=1e6).fit(unseen[trees].reshape(-1, 1), outcomes)
    slope, shift = float(mend.coef_[0, 0]), float(mend.intercept_[0])

    grown_on = [numbered(feature, rows, won) for feature in features]
    numbers = read(grown_on, rows)
    grown = grow(numbers, outcomes, trees=trees)
    plus = trust * shift + (1 - trust) * log_odds(base_rate)
    return as_model(grown, grown_on, times=slope * trust, plus=plus)


def _unseen(
    features: Sequence[Feature], rows: Sequence[Row], outcomes: NDArray[np.int_]
) -> dict[int, Numbers]:
    """For every number of trees, the log-odds of each lead by trees that had not seen it."""
    said = {count: np.zeros(len(rows)) for count in COUNTS}
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for seen, hidden in folds.split(rows, outcomes):
        own = [rows[number] for number in seen]
        won = [bool(outcomes[number]) for number in seen]
        grown_on = [numbered(feature, own, won) for feature in features]
        grown = grow(read(grown_on, own), outcomes[seen], trees=max(COUNTS))
        numbers = read(grown_on, [rows[number] for number in hidden])
        for count, log_odds_by_then in _stages(grown, numbers):
            said[count][hidden] = log_odds_by_then
    return said


def _stages(grown: GradientBoostingClassifier, numbers: Numbers) -> Iterator[tuple[int, Numbers]]:
    for count, by_then in enumerate(grown.staged_decision_function(numbers), start=1):
        if count in COUNTS:
            yield count, by_then.ravel()


def _chances(odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-odds))


def _feature_lines(model: Model, rows: Sequence[Row]) -> tuple[FeatureLine, ...]:
    weights = [model.weights(row) for row in rows[:_LOOKED_AT]]
    lines = [
        FeatureLine(
            name=feature.name,
            kind=feature.kind,
            values=len(feature.numbers) if isinstance(feature, Levels) else None,
            present=round(fmean(text_of(row.get(feature.name)) is not None for row in rows), 4),
            spread=round(pstdev(of_lead[number] for of_lead in weights), 4),
        )
        for number, feature in enumerate(model.features)
    ]
    return tuple(sorted(lines, key=lambda line: -line.spread))


def _examined(model: Model, held_out: Sequence[Example], base_rate: float) -> HeldOut:
    won = [example.won is True for example in held_out]
    said = [model.probability(example.known) for example in held_out]
    tenths = deciles(said, won)
    return HeldOut(
        leads=len(won),
        won=sum(won),
        auc=_rounded(auc(said, won)),
        brier=_rounded(brier(said, won)),
        brier_of_base_rate=_rounded(brier([base_rate] * len(won), won)),
        calibration_error=_rounded(calibration_error(tenths)),
        deciles=tenths,
    )


def _remarks(rarer: int, trust: float) -> tuple[str, ...]:
    if rarer < _FEWEST:
        return (f"Only {rarer} leads of the rarer outcome: every lead is given the base rate",)
    if trust < _TRUSTED:
        return (
            f"Only {rarer} leads of the rarer outcome: what features say counts {trust:.0%},"
            " and the rest is the base rate",
        )
    return ()


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
