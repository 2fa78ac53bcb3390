"""How much is measured, and what every figure gets to measure with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from shangji.bench.measurement import Measurement
from shangji.bench.yard import Yard
from shangji.progress import Bar


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often, how long, how many."""

    repeat: int = 3
    seconds: float = 8.0
    leads: int = 10_000
    """In a file or a backlog."""
    stored: int = 1_000_000
    """Known before, where the question is what that costs."""

    @classmethod
    def quick(cls) -> "Plan":
        """Enough to see that it works; the numbers mean little."""
        return cls(repeat=1, seconds=1.0, leads=500, stored=2_000)


Figure: TypeAlias = Callable[[Yard, Plan, Bar], Awaitable[Sequence[Measurement]]]
