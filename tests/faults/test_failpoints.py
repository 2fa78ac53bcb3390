"""F01, F03, F06: kill -9 and SIGSTOP at each step of the door, the relay, the consumer, timers, imports."""

import asyncio
import re
import signal
from collections import defaultdict
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import pytest

import services
import shared
from tests.faults.rig import Rig
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

VICTIMS = {
    "door": ("leads",),
    "relay": ("leads", "opportunities"),
    "consumer": ("opportunities", "notifications", "analytics"),
    "timer": ("leads",),
    "imports": ("leads",),
    "dispatch": ("notifications",),
}
"""The services in which the failpoints of each part are passed under our load."""

SLEEPERS = VICTIMS | {"relay": ("opportunities",), "consumer": ("analytics",)}
"""The same, but each part in one service: to be given up by PostgreSQL takes its time."""


def failpoints() -> set[str]:
    """The names of all failpoints, as the code has them."""
    sources = [
        path for package in (shared, services) for path in Path(package.__path__[0]).rglob("*.py")
    ]
    texts = [path.read_text() for path in sources]
    return {name for text in texts for name in re.findall(r'await failpoint\("([\w.]+)"\)', text)}


def rounds(victims: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Each failpoint in each service that passes it; in one round every service has one at most."""
    lists: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(failpoints()):
        for service in victims[name.split(".")[0]]:
            lists[service].append((service, name))
    return [dict(filter(None, steps)) for steps in zip_longest(*lists.values())]


async def test_processes_killed_at_each_step_start_again_and_nothing_is_lost_or_done_twice(
    rig: Rig,
):
    rig.ledger.begin()
    await rig.until_taken()

    for steps in rounds(VICTIMS):
        before = {service: rig.process(service) for service in steps}
        for service, failpoint in steps.items():
            rig.plan(service, f"{failpoint}=kill")
        await asyncio.gather(*(rig.until_restarted(*each) for each in before.items()))
        await rig.until_taken()

    await rig.ledger.end()
    assert rig.ledger.unclear > 0
    await rig.check()


async def test_processes_that_sleep_at_each_step_wake_up_in_a_world_that_has_given_them_up(
    rig: Rig,
):
    rig.ledger.begin()
    await rig.until_taken()

    for steps in rounds(SLEEPERS):
        for service, failpoint in steps.items():
            rig.plan(service, f"{failpoint}=stop")
        await asyncio.gather(*(_sleep_until_given_up(rig, service) for service in steps))
        await rig.until_taken()

    await rig.ledger.end()
    await rig.check()


async def _sleep_until_given_up(rig: Rig, service: str) -> None:
    """Wait until a process has stopped at its step and PostgreSQL waits for it no longer."""

    async def stopped() -> bool:
        return rig.is_stopped(service)

    await until(f"{service} to stop in its tracks", stopped, seconds=90)
    await rig.until_given_up(service)
    rig.send(service, signal.SIGCONT)
