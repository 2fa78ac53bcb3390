"""Which features there are, which of their values are told apart, and which numbers stand for them."""

from collections import Counter
from collections.abc import Sequence

from services.leads.domain.learning.features import (
    Row,
    Value,
    is_numeric,
    names_of,
    number_of,
    text_of,
)
from services.leads.domain.learning.model import Feature, Levels, Measure, log_odds

_PARTS = 10
_PRIOR = 10
"""A level is believed to be like all others, as firmly as so many leads would say."""


def features_of(rows: Sequence[Row], *, excluded: Sequence[str], least: int) -> list[Feature]:
    """Every feature that tells at least two kinds of leads apart."""
    features = [
        _feature(name, [row.get(name) for row in rows], least) for name in names_of(rows, excluded)
    ]
    return [feature for feature in features if _tells_apart(feature, rows, least)]


def numbered(feature: Feature, rows: Sequence[Row], won: Sequence[bool]) -> Feature:
    """The feature with numbers: a level's are the log-odds of its leads, drawn towards all others."""
    if isinstance(feature, Measure):
        return feature
    headings = [feature.bin(row.get(feature.name)) for row in rows]
    counted = Counter(headings)
    winners = Counter(heading for heading, is_won in zip(headings, won, strict=True) if is_won)
    rate = (sum(won) + 1) / (len(won) + 2)

    def number(heading: str) -> float:
        drawn = (winners[heading] + _PRIOR * rate) / (counted[heading] + _PRIOR)
        return round(log_odds(drawn), 6)

    return feature.model_copy(
        update={
            "numbers": {level: number(f"= {level}") for level in feature.numbers},
            "other": number("other"),
            "missing": number("missing"),
        }
    )


def _feature(name: str, values: Sequence[Value], least: int) -> Feature:
    if is_numeric(values):
        ordered = sorted(n for value in values if (n := number_of(value)) is not None)
        limits = {ordered[len(ordered) * part // _PARTS] for part in range(1, _PARTS)}
        return Measure(name=name, limits=tuple(sorted(limits)), missing=ordered[0] - 1)
    counted = Counter(said for value in values if (said := text_of(value)) is not None)
    levels = sorted(said for said, count in counted.items() if count >= least)
    return Levels(name=name, numbers=dict.fromkeys(levels, 0.0), other=0, missing=0)


def _tells_apart(feature: Feature, rows: Sequence[Row], least: int) -> bool:
    counted = Counter(feature.bin(row.get(feature.name)) for row in rows)
    return sum(count >= least for count in counted.values()) > 1
