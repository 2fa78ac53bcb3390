"""Carrying a notice out of the house: when to try again, and when to give up."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

State = Literal["due", "sending", "sent", "failed"]

LEASE = timedelta(minutes=2)
"""A sender that says nothing for so long is dead, and its messages are sent again."""

RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Pauses between attempts; after the last one the message is dead."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try at sending one message, which may carry several notices."""

    message_id: UUID
    number: int
    """The first is 1."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an attempt leaves behind."""

    message_id: UUID
    state: State
    next_at: datetime
    error: str = ""


def sent(attempt: Attempt, *, now: datetime) -> Result:
    """The other side has taken the message."""
    return Result(message_id=attempt.message_id, state="sent", next_at=now)


def not_sent(attempt: Attempt, *, reason: str, retry: bool, now: datetime) -> Result:
    """Try again after a pause, as long as that makes sense."""
    if not retry or attempt.number > len(RETRY_AFTER):
        return Result(message_id=attempt.message_id, state="failed", next_at=now, error=reason)
    next_at = now + RETRY_AFTER[attempt.number - 1]
    return Result(message_id=attempt.message_id, state="due", next_at=next_at, error=reason)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A token bucket for one robot: messages it may still send at once."""

    tokens: float
    filled_at: datetime


BURST = 5
REFILL_EVERY = timedelta(seconds=4)
"""Five at once and fifteen a minute: never more than the twenty that WeCom allows in any minute."""


def refill(budget: Budget, *, now: datetime) -> Budget:
    """The bucket as it is now; a clock that jumps back only delays."""
    gained = max(0.0, (now - budget.filled_at) / REFILL_EVERY)
    return Budget(
        tokens=min(float(BURST), budget.tokens + gained), filled_at=max(now, budget.filled_at)
    )


def spend(budget: Budget, messages: int) -> Budget:
    """The bucket after so many messages."""
    return replace(budget, tokens=budget.tokens - messages)
