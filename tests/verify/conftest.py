"""One enterprise for all damages: each is done in a transaction, judged inside it, and rolled back."""

import copy
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shangji.verify.checking import Options, check
from shangji.verify.findings import Verdict
from shangji.verify.topics import Message, Place
from shangji.verify.walks import FeedReader, Page
from tests.stories.enterprise import OPERATOR, Enterprise
from tests.support.databases import clone
from tests.support.world import PREFIX, MemoryLog, World, open_world
from tests.verify.year import live_through

Connection: TypeAlias = "asyncpg.Connection[Any]"


@dataclass
class MemoryTopics:
    """The world's log, read like Kafka."""

    log: MemoryLog

    async def ends(self) -> Mapping[Place, int]:
        ends = {
            (name.removeprefix(PREFIX), number): 0
            for name in self.log.topic_ids
            for number in range(4)
        }
        for partition, records in self.log.partitions.items():
            ends[partition.topic.removeprefix(PREFIX), partition.partition] = len(records)
        return ends

    async def read(self, ends: Mapping[Place, int]) -> AsyncIterator[Sequence[Message]]:
        for partition, records in self.log.partitions.items():
            kind = partition.topic.removeprefix(PREFIX)
            yield [
                Message(
                    kind=kind,
                    partition=partition.partition,
                    offset=offset,
                    key=record.key,
                    value=record.value,
                    headers=record.headers,
                )
                for offset, record in enumerate(records)
            ]


class Quiet:
    """Nobody watches the progress."""

    def about(self, subject: str) -> None: ...

    def at(self, doing: str, done: int, of: int) -> None: ...


@dataclass
class HttpFeeds:
    """The services' own feeds."""

    world: World

    async def page(self, service: str, *, after: int, limit: int) -> Page:
        answer = await self.world[service].api.get(
            "/feed", params={"after": after, "limit": limit}, headers=self.world.headers(OPERATOR)
        )
        return [(item["position"], item["id"]) for item in answer.json()["items"]]


@dataclass
class Scene:
    """What a damage is done to: the database, by its administrator, and the log."""

    house: Enterprise
    sql: Connection
    log: MemoryLog
    feeds: FeedReader | None = None
    ledger: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)

    async def judge(self) -> Verdict:
        """The checker's verdict."""
        options = Options(prefix=PREFIX, within=0, ledger=self.ledger, timers=False, **self.options)
        return await check(self.sql, MemoryTopics(self.log), Quiet(), options, feeds=self.feeds)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def year(
    template: DatabaseAccess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Enterprise]:
    """An enterprise that has lived a little."""
    home = tmp_path_factory.mktemp("world")
    async with clone(template) as database, open_world(database, home) as world:
        yield await live_through(world)


@asynccontextmanager
async def staged(house: Enterprise) -> AsyncIterator[Scene]:
    """A scene that leaves no trace."""
    access = house.world.access
    connection = await asyncpg.connect(access.server.url(access.database))
    try:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        yield Scene(house, connection, copy.deepcopy(house.world.log))
        await transaction.rollback()
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def scene(year: Enterprise) -> AsyncIterator[Scene]:
    """The enterprise as it is, to be damaged."""
    async with staged(year) as found:
        yield found
