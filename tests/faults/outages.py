"""F10, F11, the long way: a broker that is frozen for 40 seconds, and none at all for five minutes."""

import argparse
import asyncio
import signal
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import httpx

from tests.faults.chaos import say
from tests.faults.links import open_linked_rig
from tests.faults.rig import Rig
from tests.support.checks import until_at_rest
from tests.support.ledger import Mix, open_client
from tests.support.proxy import Proxy
from tests.support.waiting import until

LIMIT = 5_000
"""Events that may wait for Kafka, so that minutes are enough to reach it."""
LOOKS_EVERY = 10.0
"""Seconds in which an API notices that its outbox is full, twice over."""
WAITING = "SELECT count(*) FROM leads.outbox"
MIX = Mix(leads_at_once=6, rows=20)


@dataclass
class Diary:
    """What clients were answered while there was no broker."""

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def note(self, answer: httpx.Response) -> None:
        """Note a command of `leads`; a refusal has to say when to come again."""
        if answer.status_code in (201, 202):
            self.taken.append(monotonic())
        elif answer.status_code == 503 and answer.json()["type"].endswith("/unavailable"):
            assert int(answer.headers["Retry-After"]) > 0
            self.refused.append(monotonic())


async def freeze(rig: Rig, seconds: float) -> None:
    """The broker stands still; commands are accepted meanwhile, and what waits is sent afterwards."""
    rig.family("kafka", signal.SIGSTOP)
    taken = len(rig.ledger.leads)
    await asyncio.sleep(seconds)
    taken = len(rig.ledger.leads) - taken
    waiting = await rig.count(WAITING)
    rig.family("kafka", signal.SIGCONT)
    say(
        f"{seconds:.0f} s with a frozen broker: {taken} leads accepted, {waiting} events waited, "
        f"drained in {await drained(rig):.1f} s"
    )
    assert taken > 0


async def leave(rig: Rig, link: Proxy, seconds: float) -> None:
    """There is no broker; commands are accepted until the outbox is full, and then told to wait."""
    diary = Diary()
    rig.ledger.heed = diary.note
    link.is_closed = True
    link.cut()
    began = monotonic()
    full_at = await watched(rig, until_when=began + seconds)
    link.is_closed = False
    opened = monotonic()
    took = await drained(rig)
    rig.ledger.heed = None
    say(
        f"{seconds:.0f} s without a broker: {len(diary.taken)} commands accepted, full after "
        f"{f'{full_at - began:.0f} s' if full_at else 'no time'}, {len(diary.refused)} told to come again, "
        f"drained in {took:.1f} s"
    )
    assert diary.taken
    if full_at is None:
        assert not diary.refused
        return
    assert not [at for at in diary.refused if at < full_at - 1]
    assert not [at for at in diary.taken if full_at + LOOKS_EVERY < at < opened]
    assert diary.refused


async def watched(rig: Rig, *, until_when: float) -> float | None:
    """When the outbox was full; readers are answered all the time."""
    full_at: float | None = None
    async with open_client() as client:
        while monotonic() < until_when:
            answer = await client.get(
                f"{rig.stack.url('leads')}/leads", headers=rig.ledger.bearer(rig.ledger.operator)
            )
            assert answer.status_code == 200, answer.text
            if full_at is None and await rig.count(WAITING) > LIMIT:
                full_at = monotonic()
            await asyncio.sleep(0.5)
    return full_at


async def drained(rig: Rig) -> float:
    """Seconds until what waited has gone to Kafka, the clients going on all the while."""
    began = monotonic()

    async def few() -> bool:
        return await rig.count(WAITING) < 50

    await until("the outbox to be drained", few, seconds=300)
    return monotonic() - began


async def run(home: Path, minutes: float) -> None:
    """Both, one after the other, under load; then everything has to hold."""
    async with open_linked_rig(
        home, seed=1, mix=MIX, SHANGJI_OUTBOX_LIMIT=str(LIMIT), SHANGJI_RESTART_PAUSE=""
    ) as linked:
        rig = linked.rig
        rig.ledger.begin()
        await rig.until_taken()
        await freeze(rig, 40)
        await leave(rig, linked.links["kafka"], minutes * 60)
        await rig.ledger.end()
        await until_at_rest(rig.ledger, seconds=600)
        say(await rig.check())


def main() -> None:
    """Run on a stack of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.outages", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(run(Path(home), wanted.minutes))


if __name__ == "__main__":
    main()
