"""Memory and open files of processes over time."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import psutil

LOOK_EVERY = 5.0
WARM_AFTER = 20.0
"""Seconds in which a process takes what it needs; its slope begins behind them."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look at one life of a process."""

    at: float
    rss: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Slope:
    """How a process grew in the longest of its lives."""

    name: str
    seconds: float
    rss: float
    """Megabytes in the end."""
    rss_per_hour: float
    files: int
    files_per_hour: float

    def __str__(self) -> str:
        return (
            f"{self.name:24} {self.seconds:6.0f} s  {self.rss:6.0f} MB {self.rss_per_hour:+9.1f} MB/h"
            f"  {self.files:4} files {self.files_per_hour:+7.1f}/h"
        )


@dataclass
class Gauges:
    """Looks at processes by name; `pids` says which they are now."""

    pids: Callable[[], dict[str, int]]
    lives: dict[tuple[str, int], list[Sample]] = field(default_factory=lambda: defaultdict(list))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            for name, pid in self.pids().items():
                with suppress(psutil.Error):
                    self._look(name, psutil.Process(pid))
            await asyncio.sleep(LOOK_EVERY)

    def slopes(self) -> Iterator[Slope]:
        """Of each process that lived for long enough to have one."""
        longest: dict[str, list[Sample]] = {}
        for (name, _), samples in self.lives.items():
            warm = [sample for sample in samples if sample.at - samples[0].at >= WARM_AFTER]
            if len(warm) > len(longest.get(name, ())):
                longest[name] = warm
        for name, samples in sorted(longest.items()):
            if len(samples) > 2:
                yield Slope(
                    name=name,
                    seconds=samples[-1].at - samples[0].at,
                    rss=samples[-1].rss / 2**20,
                    rss_per_hour=_slope([(s.at, s.rss / 2**20) for s in samples]) * 3600,
                    files=samples[-1].files,
                    files_per_hour=_slope([(s.at, s.files) for s in samples]) * 3600,
                )

    def _look(self, name: str, process: psutil.Process) -> None:
        sample = Sample(at=monotonic(), rss=process.memory_info().rss, files=process.num_fds())
        self.lives[name, process.pid].append(sample)


def _slope(points: list[tuple[float, float]]) -> float:
    """By least squares."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
