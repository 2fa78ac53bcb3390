"""The command's client, in front of a world that lives in this process and ticks while it is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from shangji.client import Client, Unrest
from shangji.stack import Stack
from shared.contracts.topics import SERVICES
from shared.ids import external_id
from tests.support.world import World

OPERATOR = external_id("person", "shangji", "operator")


@dataclass
class Ticker:
    """Carries, hears and fires without end, the way processes do."""

    world: World
    rounds: int = 0
    _turn: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self) -> None:
        while True:
            await self.world.advance()
            async with self._turn:
                self.rounds += 1
                self._turn.notify_all()
            await asyncio.sleep(0)

    async def a_whole_round(self) -> None:
        """Wait until a round has begun and ended."""
        async with self._turn:
            wanted = self.rounds + 2
            await self._turn.wait_for(lambda: self.rounds >= wanted)


@dataclass
class WorldClient(Client):
    """Comes to rest with the world."""

    ticker: Ticker | None = None

    async def unrest(self) -> Unrest:
        """Nothing, once the world has gone round."""
        assert self.ticker is not None
        await self.ticker.a_whole_round()
        return Unrest(outbox={}, lag={})


@asynccontextmanager
async def open_client(world: World, home: Path) -> AsyncIterator[WorldClient]:
    """A client in the operator's name."""
    await world.settle()
    transports = {f"http://{name}": world[name].api._transport for name in SERVICES}
    async with httpx.AsyncClient(mounts=transports) as http:
        token = world.signer.for_person(OPERATOR, lifetime=timedelta(hours=8))
        ticker = Ticker(world)
        client = WorldClient(_stack(world, home), http, token, world.signer, ticker=ticker)
        ticking = asyncio.create_task(ticker.run())
        try:
            yield client
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking


def _stack(world: World, home: Path) -> Stack:
    return Stack(
        home=home,
        phase="running",
        infra="external",
        demo=True,
        supervisor_pid=0,
        kafka_bootstrap="",
        topic_prefix="",
        readonly_url=world.access.readonly_url(),
        service_urls={name: f"http://{name}" for name in SERVICES},
        token_private_key=home / "token_private.json",
        environment={},
    )
