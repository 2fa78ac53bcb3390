"""F01, F03, F06: kill -9 at each step of the door, the relay, the consumer, timers and imports."""

import asyncio
import re
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

import pytest
import pytest_asyncio

import services
import shared
from tests.faults.rig import Rig

pytestmark = pytest.mark.slow

VICTIMS = {
    "door": ("leads",),
    "relay": ("leads", "opportunities"),
    "consumer": ("opportunities", "notifications", "analytics"),
    "timer": ("leads",),
    "imports": ("leads",),
    "dispatch": ("notifications",),
}
"""The services in which the failpoints of each part are passed under our load."""


def failpoints() -> set[str]:
    """The names of all failpoints, as the code has them."""
    sources = [
        path for package in (shared, services) for path in Path(package.__path__[0]).rglob("*.py")
    ]
    texts = [path.read_text() for path in sources]
    return {name for text in texts for name in re.findall(r'await failpoint\("([\w.]+)"\)', text)}


def rounds() -> list[dict[str, str]]:
    """Each failpoint in each service that passes it; in one round every service has one at most."""
    lists: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(failpoints()):
        for service in VICTIMS[name.split(".")[0]]:
            lists[service].append((service, name))
    return [dict(filter(None, steps)) for steps in zip_longest(*lists.values())]


def spoken(steps: dict[str, str]) -> str:
    """A round as a test's name shows it."""
    return ",".join(f"{service}:{name}" for service, name in steps.items())


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def load(rig: Rig) -> None:
    """Everybody is busy while all this happens."""
    rig.ledger.begin()
    await rig.until_taken()


@pytest.mark.parametrize("steps", rounds(), ids=spoken)
async def test_processes_killed_at_these_steps_start_again_and_go_on(
    rig: Rig, steps: dict[str, str]
):
    before = {service: rig.process(service) for service in steps}

    for service, failpoint in steps.items():
        rig.plan(service, f"{failpoint}=kill")

    await asyncio.gather(*(rig.until_restarted(*each) for each in before.items()))
    await rig.until_taken()


async def test_after_all_those_kills_nothing_is_lost_and_nothing_happened_twice(rig: Rig):
    await rig.ledger.end()
    assert rig.ledger.unclear > 0
    await rig.check()
