"""What was measured: samples, their median and spread, and the raw limit beside them."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from statistics import median
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Spread(_Value):
    """What came out over the repetitions."""

    median: float
    low: float
    high: float
    samples: tuple[float, ...] = Field(description="In the order they were taken")

    @classmethod
    def of(cls, samples: Sequence[float]) -> Self:
        """The spread of some samples, of which there is at least one."""
        taken = tuple(round(sample, 3) for sample in samples)
        return cls(median=median(taken), low=min(taken), high=max(taken), samples=taken)


class Measurement(_Value):
    """One line of the table."""

    figure: str
    what: str
    unit: str
    value: Spread
    limit: Spread | None = Field(default=None, description="The raw limit, in the same run")
    limit_is: str = Field(default="", description="What the raw limit is")
    ratio: float | None = Field(default=None, description="Median through the limit's median")
    aim: str = ""
    also: dict[str, float] = Field(default_factory=dict, description="What else was seen")

    @classmethod
    def beside(
        cls, limit: Sequence[float], limit_is: str, *, value: Sequence[float], **line: str
    ) -> Self:
        """A measurement and its raw limit."""
        measured, raw = Spread.of(value), Spread.of(limit)
        ratio = round(measured.median / raw.median, 3)
        return cls.model_validate(
            {**line, "value": measured, "limit": raw, "limit_is": limit_is, "ratio": ratio}
        )


class Machine(_Value):
    """Where it was measured, and what else went on there."""

    processors: int
    memory_mb: int
    system: str
    python: str
    load_before: float = Field(description="Runnable processes, the minute before it began")
    load_after: float


class Report(_Value):
    """Everything that one run measured."""

    measured_at: datetime
    seconds: float = Field(description="How long the whole run took")
    options: dict[str, int | float | bool]
    machine: Machine
    measurements: tuple[Measurement, ...]


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share of all samples does not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
