"""Faults at random under load: `make chaos SEED=7 MINUTES=30`. A seed chooses the same faults again."""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import monotonic

from shangji.names import SERVICES
from tests.faults.rig import Rig, open_rig
from tests.faults.test_failpoints import VICTIMS, failpoints

SERVERS = ("kafka", "postgres")
Fault = Callable[[Rig, random.Random], Awaitable[int]]


async def kill_services(rig: Rig, dice: random.Random) -> int:
    """Some services die, wherever they are."""
    victims = dice.sample(SERVICES, dice.randint(1, len(SERVICES)))
    before = {victim: rig.process(victim) for victim in victims}
    for victim in victims:
        rig.send(victim, signal.SIGKILL)
    await asyncio.gather(*(rig.until_restarted(*each) for each in before.items()))
    return len(victims)


async def kill_at_a_step(rig: Rig, dice: random.Random) -> int:
    """A service dies at one of its failpoints."""
    step = dice.choice(sorted(failpoints()))
    victim = dice.choice(VICTIMS[step.split(".")[0]])
    before = rig.process(victim)
    rig.plan(victim, f"{step}=kill@{dice.randint(1, 5)}")
    await rig.until_restarted(victim, before)
    return 1


async def kill_a_server(rig: Rig, dice: random.Random) -> int:
    """Kafka or PostgreSQL crashes; sometimes a service with it."""
    server, victim = dice.choice(SERVERS), dice.choice((None, *SERVICES))
    before = {name: rig.process(name) for name in (server, victim) if name}
    for name in before:
        rig.send(name, signal.SIGKILL)
    await asyncio.gather(*(rig.until_restarted(*each) for each in before.items()))
    return len(before)


async def freeze_a_server(rig: Rig, dice: random.Random) -> int:
    """Kafka or PostgreSQL stands still for a while."""
    server, seconds = dice.choice(SERVERS), dice.uniform(1, 8)
    rig.family(server, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    rig.family(server, signal.SIGCONT)
    return 0


async def freeze_a_service(rig: Rig, dice: random.Random) -> int:
    """A service stands still until others take it for dead."""
    victim, seconds = dice.choice(SERVICES), dice.uniform(1, 12)
    rig.send(victim, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    rig.send(victim, signal.SIGCONT)
    return 0


async def restart_a_service(rig: Rig, dice: random.Random) -> int:
    """A service is stopped the polite way."""
    victim = dice.choice(SERVICES)
    before = rig.process(victim)
    rig.send(victim, signal.SIGTERM)
    await rig.until_restarted(victim, before)
    return 0


async def work_beside(rig: Rig, dice: random.Random) -> int:
    """A second process of a role comes, and one of the two is killed."""
    service = dice.choice(SERVICES)
    before = rig.process(service)
    with rig.beside(service, dice.choice(("relay", "consumer", "timers"))):
        await rig.until_taken(10)
        rig.send(service, signal.SIGKILL)
        await rig.until_restarted(service, before)
    return 1


FAULTS: dict[Fault, int] = {
    kill_services: 4,
    kill_at_a_step: 4,
    kill_a_server: 2,
    freeze_a_server: 1,
    freeze_a_service: 1,
    restart_a_service: 1,
    work_beside: 1,
}
"""How often each fault comes, beside the others."""


async def run(rig: Rig, *, seed: int, minutes: float) -> None:
    """Hurt the stack for so long; afterwards everything has to hold. Raises `AssertionError`."""
    dice = random.Random(seed)  # noqa: S311 - chosen so that it can be chosen again
    await rig.ledger.found()
    rig.ledger.begin()
    await rig.until_taken()
    ends, kills = monotonic() + minutes * 60, 0
    took: dict[str, list[float]] = defaultdict(list)
    while monotonic() < ends:
        fault = dice.choices(list(FAULTS), list(FAULTS.values()))[0]
        # Each fault has dice of its own: how long one waits does not change what comes next.
        began = monotonic()
        kills += await fault(rig, random.Random(dice.random()))  # noqa: S311
        await rig.until_taken()
        took[fault.__name__].append(monotonic() - began)
        say(f"{fault.__name__}: {took[fault.__name__][-1]:.1f} s, {kills} kills so far")
    await rig.ledger.end()
    await rig.check()
    for name, seconds in took.items():
        say(
            f"{name}: {len(seconds)} times, median {median(seconds):.1f} s, at most {max(seconds):.1f} s"
        )
    ledger = rig.ledger
    say(
        f"Seed {seed}: {kills} kills, {len(ledger.leads) + ledger.rows} leads, {len(ledger.deals)} "
        f"deals, {ledger.unclear} unclear answers. Nothing was lost, nothing happened twice."
    )


def say(sentence: str) -> None:
    """Print at once: somebody may be watching."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and run on a stack of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, open_rig(Path(home), seed=wanted.seed) as rig:
        asyncio.run(run(rig, seed=wanted.seed, minutes=wanted.minutes))


if __name__ == "__main__":
    main()
