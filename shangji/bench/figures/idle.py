"""What the stack holds in memory when there is nothing to do."""

import asyncio
from collections.abc import Iterable, Sequence

import psutil

from shangji.bench import backlog
from shangji.bench.measurement import Measurement, Spread
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.home import read_json
from shangji.progress import Bar

WORK = 1000
"""Leads that come in before the second look: a stack that has never worked holds less."""
LOOK_EVERY = 1.0
MEGABYTE = 1024**2

Held = dict[str, tuple[float, float]]
"""Of each process and its children: resident, and resident with shared pages divided up."""


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Resident memory by process, after the start and after some work."""
    fresh = await _look(yard, plan)
    bar.at("idle, after work", 1, 2)
    await backlog.bring_in(yard, backlog.write(yard, min(WORK, plan.leads)))
    await yard.settle()
    worked = await _look(yard, plan)
    return [*_lines("fresh", fresh), *_lines("worked", worked)]


async def _look(yard: Yard, plan: Plan) -> list[Held]:
    looks: list[Held] = []
    for _ in range(plan.repeat):
        looks.append(_by_process(yard))
        await asyncio.sleep(LOOK_EVERY)
    return looks


def _by_process(yard: Yard) -> Held:
    state = read_json(yard.home.state_file)
    named = [(record["name"], record["pid"]) for record in state["processes"]]
    named.append(("supervisor", state["supervisor"]["pid"]))
    own = {pid for _, pid in named}
    found: Held = {}
    for name, pid in named:
        process = psutil.Process(pid)
        children = [child for child in process.children(recursive=True) if child.pid not in own]
        members = [process] if name == "supervisor" else [process, *children]
        found[name] = _held(members)
    return found


def _held(processes: Iterable[psutil.Process]) -> tuple[float, float]:
    resident = divided = 0
    for process in processes:
        try:
            memory = process.memory_full_info()
        except psutil.Error:
            continue
        resident += memory.rss
        divided += memory.pss
    return resident / MEGABYTE, divided / MEGABYTE


def _lines(when: str, looks: Sequence[Held]) -> list[Measurement]:
    totals = [tuple(sum(way) for way in zip(*look.values(), strict=True)) for look in looks]
    return [
        *(_line(f"{when}: {name}", [look[name][0] for look in looks]) for name in looks[0]),
        _line(f"{when}: in all", [resident for resident, _ in totals], "≤ 1,536 MB"),
        _line(f"{when}: in all, shared pages counted once", [once for _, once in totals]),
    ]


def _line(what: str, megabytes: Sequence[float], aim: str = "") -> Measurement:
    return Measurement(figure="idle", what=what, unit="MB", value=Spread.of(megabytes), aim=aim)
