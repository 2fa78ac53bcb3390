"""How long it takes until work goes on, one fault at a time: `make chaos-long`.

Every kind of process is one of its own here, so that it can die alone.
"""

import argparse
import asyncio
import signal
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from tests.faults.chaos import say
from tests.faults.conftest import manned
from tests.faults.rig import Rig
from tests.support.checks import until_at_rest
from tests.support.ledger import open_client
from tests.support.recoveries import (
    BROKER,
    COMMANDS,
    CONSUMER,
    DATABASE,
    DRAIN,
    LISTENING,
    RELAY,
    TAKEOVER,
    TALKATIVE,
    WORKERS,
    Recoveries,
)
from tests.support.waiting import until
from tests.support.watch import Watch

ROWS_AT_ONCE = 20_000
WAITING = "SELECT count(*) FROM leads.outbox"
RELAYS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{service}-relay'"


class Measurement:
    """The recoveries of one stack, measured one by one."""

    def __init__(self, rig: Rig) -> None:
        self.found = Recoveries()
        self._rig = rig
        ledger = rig.ledger
        host, _, port = rig.stack.kafka_bootstrap.rpartition(":")
        self._watch = Watch(
            rig.stack.readonly_url, (host, int(port)), taken=lambda: len(ledger.leads)
        )

    async def run(self, rounds: int) -> None:
        """Measure all; between two faults everybody has to work again."""
        watching = asyncio.create_task(self._watch.run())
        self._rig.ledger.begin()
        try:
            for _ in range(rounds):
                for measure in (
                    self._kill_consumers,
                    self._kill_relays,
                    self._freeze_a_relay,
                    self._kill_the_broker,
                    self._kill_the_database,
                ):
                    await self._all_work()
                    await measure()
                    say(str(self.found))
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        await self._rig.ledger.end()

    async def _kill_consumers(self) -> None:
        for service in LISTENING:
            await self._kill(f"{service}-consumer", f"{service} consumer", CONSUMER)

    async def _kill_relays(self) -> None:
        for service in TALKATIVE:
            await self._kill(f"{service}-relay", f"{service} relay", RELAY)

    async def _kill(self, process: str, worker: str, what: str) -> None:
        await self._rig.kill(process)
        at = monotonic()
        self.found.add(what, at, await self._progress(worker, at))
        await self._all_work()

    async def _freeze_a_relay(self) -> None:
        rig, service = self._rig, "leads"
        relays = RELAYS.format(service=service)
        with rig.beside(service, "relay"):
            await rig.until_counted("another relay to stand by", relays, more_than=1)
            rig.send(f"{service}-relay", signal.SIGSTOP)
            at = monotonic()
            self.found.add(TAKEOVER, at, await self._progress(f"{service} relay", at))
            rig.send(f"{service}-relay", signal.SIGCONT)
            await self._all_work()

    async def _kill_the_broker(self) -> None:
        answered = await self._kill_a_server("kafka", lambda: self._rig.kill("kafka"))
        for worker in WORKERS:
            self.found.add(BROKER, answered, await self._progress(worker, answered))

    async def _kill_the_database(self) -> None:
        for number in (signal.SIGKILL, signal.SIGQUIT):
            answered = await self._kill_a_server("postgres", lambda n=number: self._send(n))
            self.found.add(COMMANDS, answered, await self._progress("commands", answered))
            for worker in WORKERS:
                self.found.add(DATABASE, answered, await self._progress(worker, answered))
            await self._all_work()

    async def _send(self, number: signal.Signals) -> None:
        self._rig.send("postgres", number)

    async def _kill_a_server(self, server: str, kill: Callable[[], Awaitable[None]]) -> float:
        at = monotonic()
        await kill()
        await self._until_seen(f"{server} to answer", lambda: self._watch.next_answer(server, at))
        answered = self._watch.next_answer(server, at)
        assert answered is not None
        return answered

    async def drain(self, backlog: int) -> None:
        """What waits while nobody carries it: sent, heard, and what it brings about heard too."""
        rig = self._rig
        relay = rig.living("leads-relay")
        relay.suspend()
        async with open_client() as client:
            while await rig.count(WAITING) < backlog:
                waiting = await rig.count(WAITING)
                await rig.ledger.upload(client, ROWS_AT_ONCE)
                await rig.until_counted(
                    "a file to be worked through",
                    WAITING,
                    more_than=waiting + ROWS_AT_ONCE - 1,
                    seconds=600,
                )
        at = monotonic()
        relay.resume()
        await until("an empty outbox", self._nothing_waits, seconds=600)
        say(f"{backlog} events that waited were in Kafka after {monotonic() - at:.1f} s")
        await until_at_rest(rig.ledger, seconds=600)
        self.found.add(DRAIN, at, monotonic())

    async def _nothing_waits(self) -> bool:
        return not await self._rig.count(WAITING)

    async def _all_work(self) -> None:
        """Wait until everybody has made some progress from now on."""
        at = monotonic()
        for worker in (*WORKERS, "commands"):
            await self._progress(worker, at)

    async def _progress(self, worker: str, after: float) -> float | None:
        await self._until_seen(
            f"{worker} to go on", lambda: self._watch.next_progress(worker, after)
        )
        return self._watch.next_progress(worker, after)

    async def _until_seen(self, what: str, seen: Callable[[], float | None]) -> None:
        async def holds() -> bool:
            self._rig.ledger.raise_early()
            return seen() is not None

        await until(what, holds, seconds=120)


def main() -> None:
    """Measure on a stack of its own, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.recovery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backlog", type=int, default=100_000, help="events; 0 leaves it out")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(measure(Path(home), wanted.rounds, wanted.backlog))


async def measure(home: Path, rounds: int, backlog: int) -> None:
    """Measure so many rounds and a backlog, and print the table."""
    async with manned(home, SHANGJI_PROCESSES="split", SHANGJI_RESTART_PAUSE="") as rig:
        measurement = Measurement(rig)
        await measurement.run(rounds)
        if backlog:
            await measurement.drain(backlog)
        await rig.check()
        say(str(measurement.found))


if __name__ == "__main__":
    main()
