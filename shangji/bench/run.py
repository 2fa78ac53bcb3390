"""Measures figure by figure, each on a stack of its own, so that none depends on what came before."""

import asyncio
import os
import platform
import signal
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from time import monotonic

import psutil

from shangji.bench.figures import FIGURES
from shangji.bench.measurement import Machine, Measurement, Report
from shangji.bench.plan import Plan
from shangji.bench.yard import open_yard
from shangji.progress import Bar


async def measure(names: Sequence[str], plan: Plan, bar: Bar) -> Report:
    """Measure the named figures in this order."""
    _clean_up_on_sigterm()
    began, at, load = monotonic(), datetime.now(UTC), os.getloadavg()[0]
    measurements: list[Measurement] = []
    for name in names:
        bar.about(f"{name}: starting a stack to measure")
        async with open_yard() as yard:
            bar.about(name)
            measurements += await FIGURES[name](yard, plan, bar)
    return Report(
        measured_at=at,
        seconds=round(monotonic() - began, 1),
        options=asdict(plan),
        machine=_machine(load),
        measurements=tuple(measurements),
    )


def _clean_up_on_sigterm() -> None:
    """As Ctrl-C does: the stack is stopped and removed before the command ends."""
    if (task := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _machine(load_before: float) -> Machine:
    return Machine(
        processors=len(os.sched_getaffinity(0)),
        memory_mb=psutil.virtual_memory().total // 1024**2,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load_before=round(load_before, 2),
        load_after=round(os.getloadavg()[0], 2),
    )
