"""Which features look as if they were filled in once the outcome was known.

Nothing proves it: whoever reads the card declares the feature as excluded, or knows better.
"""

from collections import Counter
from collections.abc import Sequence

from services.leads.domain.learning.card import Suspicion
from services.leads.domain.learning.features import Example, Row, text_of
from services.leads.domain.learning.model import Feature
from services.leads.domain.learning.quality import auc

_TELLS_ALL = 0.85
_PURE = 0.97
_LEAST_PURE = 30
_MANY_PURE = 0.05
_SHOWN_SELDOM = 0.2
_SHOWN_OFTEN = 0.3
_FEW = 50


def suspicions(
    features: Sequence[Feature], closed: Sequence[Example], still_open: Sequence[Row]
) -> tuple[Suspicion, ...]:
    """Every feature that knows too much, and how it gave itself away."""
    found = [(feature.name, _reason(feature, closed, still_open)) for feature in features]
    return tuple(Suspicion(feature=name, reason=reason) for name, reason in found if reason)


def _reason(feature: Feature, closed: Sequence[Example], still_open: Sequence[Row]) -> str:
    headings = [feature.bin(example.known.get(feature.name)) for example in closed]
    won = [example.won is True for example in closed]
    counted, winners = (
        Counter(headings),
        Counter(h for h, w in zip(headings, won, strict=True) if w),
    )
    rates = {heading: winners[heading] / count for heading, count in counted.items()}

    alone = auc([rates[heading] for heading in headings], won)
    if alone is not None and alone >= _TELLS_ALL:
        return f"It alone ranks leads with an AUC of {alone:.2f}"
    pure = [
        heading
        for heading, count in counted.items()
        if count >= _LEAST_PURE and heading != "missing" and not 1 - _PURE < rates[heading] < _PURE
    ]
    if sum(counted[heading] for heading in pure) >= _MANY_PURE * len(closed):
        return f"Some of its values decide the outcome: {', '.join(sorted(pure)[:3])}"
    return _late(feature.name, [example.known for example in closed], still_open)


def _late(name: str, closed: Sequence[Row], still_open: Sequence[Row]) -> str:
    if len(still_open) < _FEW:
        return ""
    after, before = _present(name, closed), _present(name, still_open)
    if after < _SHOWN_OFTEN or before > _SHOWN_SELDOM * after:
        return ""
    return f"It is known of {after:.0%} of closed leads and of {before:.0%} of open ones"


def _present(name: str, rows: Sequence[Row]) -> float:
    return sum(text_of(row.get(name)) is not None for row in rows) / max(len(rows), 1)
