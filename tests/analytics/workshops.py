"""Rebuilds in the world: the log in memory stands in Kafka's place, all else is the real thing."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import TopicPartition

from services.analytics.consumers import consumer
from services.analytics.domain.rebuild import Mark
from services.analytics.handlers import rebuilds
from services.analytics.handlers.rebuilds import GROUP, SIDE, Workshop
from services.analytics.repository import rebuilds as repository
from shared import access
from shared.consumer.loop import ConsumerLoop, Polled
from shared.db import Database
from shared.timers import Outcome
from tests.analytics.history import History
from tests.support.world import MemoryLog


@dataclass
class MemoryEventLog:
    """The world's log, read the way a rebuild reads Kafka."""

    log: MemoryLog
    batch: int = 7

    async def read(
        self, marks: Sequence[Mark], *, until: Mapping[TopicPartition, int]
    ) -> AsyncGenerator[Polled]:
        """See `EventLog`."""
        for mark in marks:
            partition = TopicPartition(mark.topic, mark.partition)
            records = self.log.partitions[partition][: until[partition]]
            for start in range(mark.next_offset, len(records), self.batch):
                yield {partition: records[start : start + self.batch]}


@asynccontextmanager
async def open_workshop(history: History) -> AsyncIterator[Workshop]:
    """What the timer would put together."""
    live = history.world["analytics"]
    settings = live.resources.settings
    side = await Database.open(settings.database_url, schema=f"{SIDE}, analytics", name=SIDE)
    try:
        yield Workshop(
            live=live.database,
            side=side,
            log=MemoryEventLog(history.world.log),
            loop=ConsumerLoop(settings, side, access.listening(consumer), group=GROUP),
        )
    finally:
        await side.close()


async def take_step(history: History, *, step: int = 1_000_000) -> int:
    """Do what the timer does once; how many rebuilds wanted it."""
    database = history.world["analytics"].database
    async with database.tx() as tx:
        claimed = await repository.claim(tx, now=tx.now, limit=10)
    async with open_workshop(history) as workshop:
        for rebuild in claimed:
            await rebuilds.go_on(rebuild, workshop, step=step)
    async with database.tx() as tx:
        done = [Outcome(item=rebuild, failure=None) for rebuild in claimed]
        await rebuilds.note_steps(tx, done, now=tx.now)
    return len(claimed)


async def ask_for_rebuild(history: History) -> UUID:
    """The operator wants the projections proved."""
    answer = await history.post("/rebuilds")
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


async def look_at(history: History, rebuild_id: UUID) -> dict[str, Any]:
    """How far it has come."""
    answer = await history.get(f"/rebuilds/{rebuild_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()
