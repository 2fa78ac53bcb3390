"""The notifications service alone in a world, hearing what a test says."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson

from services.notifications.gateways import Letter, Post
from services.notifications.gateways.outside import OUTSIDE
from shared import envelope, timers
from shared.contracts.base import Event
from shared.contracts.opportunities import PersonDefined
from shared.db import Database
from shared.envelope import Envelope
from shared.ids import new_id
from shared.timers import SendFailed
from tests.support.world import World


@dataclass
class Sent:
    """Both gateways' console twin in memory: what was sent, and what refuses to be."""

    letters: list[Letter] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    failure: SendFailed | None = None

    async def send(self, letter: Letter) -> None:
        self._refuse()
        self.letters.append(letter)

    async def post(self, post: Post) -> None:
        self._refuse()
        self.posts.append(post)

    def _refuse(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class Desk:
    """Say what happened, let time pass, and see who was told."""

    world: World
    sent: Sent
    now: datetime
    sequences: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def database(self) -> Database:
        return self.world["notifications"].database

    @property
    def api(self) -> httpx.AsyncClient:
        return self.world["notifications"].api

    async def hear(self, *events: Event, at: datetime | None = None) -> None:
        """Let the service hear events, all of them in one batch of each topic."""
        for event in events:
            self.say(event, at=at)
        await self.world.settle()

    def say(self, event: Event, *, at: datetime | None = None) -> None:
        """Put an event into the log, where the service will find it."""
        self.sequences[event.aggregate_id] += 1
        said = Envelope(
            event_id=new_id(),
            aggregate_type=event.aggregate_type,
            aggregate_id=event.aggregate_id,
            sequence=self.sequences[event.aggregate_id],
            type=event.type,
            traceparent="",
            occurred_at=at or self.now,
            payload=event.model_dump_json(exclude={"type"}).encode(),
        )
        self.world.log.append(
            event.aggregate_type,
            event.aggregate_id,
            value=said.payload,
            headers=envelope.headers(said, source="tests"),
        )

    async def pass_time(self, by: timedelta = timedelta(0)) -> None:
        """Let so much time pass, and whatever falls due happen."""
        await self.world.advance(by)

    async def sweep(self, name: str) -> int:
        """One sweep of one timer."""
        (timer,) = [
            timer
            for timer in self.world["notifications"].resources.service.timers
            if timer.name == name
        ]
        return await timers.sweep(self.database, timer)

    async def inbox(self, reader: PersonDefined, **query: Any) -> list[dict[str, Any]]:
        """A person's notices as the API shows them, newest first."""
        answer = await self.get("/inbox", reader, **query)
        return answer["items"]

    async def kinds(self, reader: PersonDefined) -> list[str]:
        """What a person was told, oldest first."""
        return [notice["kind"] for notice in reversed(await self.inbox(reader))]

    async def get(self, path: str, reader: PersonDefined, **query: Any) -> Any:
        response = await self.api.get(
            path, params=query, headers=self.world.headers(reader.person_id)
        )
        assert response.status_code == 200, response.text
        return response.json()

    async def put(self, path: str, reader: PersonDefined, body: object = None) -> httpx.Response:
        return await self.send("PUT", path, reader, body)

    async def send(
        self, method: str, path: str, reader: PersonDefined, body: object = None
    ) -> httpx.Response:
        headers = self.world.headers(reader.person_id)
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else orjson.dumps(body)
        return await self.api.request(method, path, content=content, headers=headers)

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.database.tx() as tx:
            return [dict(row) for row in await tx.fetch(sql, *arguments)]


@asynccontextmanager
async def open_desk(world: World) -> AsyncIterator[Desk]:
    """A desk whose way out is recorded."""
    sent = Sent()
    OUTSIDE.mail = OUTSIDE.robot = sent
    async with world["notifications"].database.tx() as tx:
        now = tx.now
    yield Desk(world=world, sent=sent, now=now)
