"""How good a score is on leads that it never saw: does it rank them, and does it mean what it says?"""

from collections.abc import Sequence
from itertools import groupby

from pydantic import BaseModel, ConfigDict

_DECILES = 10


class Decile(BaseModel):
    """A tenth of the leads, ordered by what was said of them."""

    model_config = ConfigDict(frozen=True)

    leads: int
    said: float
    """The mean probability."""
    happened: float
    """The share that was won."""


def auc(scores: Sequence[float], won: Sequence[bool]) -> float | None:
    """How often a won lead ranks above a lost one, equal scores counting half."""
    winners = sum(won)
    losers = len(won) - winners
    if not winners or not losers:
        return None
    ranks, rank = 0.0, 0
    pairs = sorted(zip(scores, won, strict=True))
    for _, tied in groupby(pairs, key=lambda pair: pair[0]):
        group = [happened for _, happened in tied]
        ranks += sum(group) * (rank + (len(group) + 1) / 2)
        rank += len(group)
    return (ranks - winners * (winners + 1) / 2) / (winners * losers)


def brier(probabilities: Sequence[float], won: Sequence[bool]) -> float | None:
    """The mean squared distance between what was said and what happened."""
    if not won:
        return None
    return sum((p - w) ** 2 for p, w in zip(probabilities, won, strict=True)) / len(won)


def deciles(probabilities: Sequence[float], won: Sequence[bool]) -> tuple[Decile, ...]:
    """What was said and what happened, tenth by tenth."""
    pairs = sorted(zip(probabilities, won, strict=True))
    parts = [
        pairs[len(pairs) * part // _DECILES : len(pairs) * (part + 1) // _DECILES]
        for part in range(_DECILES)
    ]
    return tuple(
        Decile(
            leads=len(part),
            said=round(sum(p for p, _ in part) / len(part), 4),
            happened=round(sum(w for _, w in part) / len(part), 4),
        )
        for part in parts
        if part
    )


def calibration_error(tenths: Sequence[Decile]) -> float | None:
    """By how much what was said differs from what happened, on average over the leads."""
    leads = sum(tenth.leads for tenth in tenths)
    if not leads:
        return None
    return sum(abs(tenth.said - tenth.happened) * tenth.leads for tenth in tenths) / leads
