"""The leads service alone in a world, with people who call it and events it hears."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import orjson

from services.leads.repository import bodies
from services.leads.repository.rows import opened_row
from shared import envelope
from shared.contracts.base import Event
from shared.contracts.opportunities import PersonDefined, UnitDefined
from shared.db import Database
from shared.envelope import Envelope
from shared.ids import new_id
from tests.leads.make import NOW
from tests.support.world import World

Json = Any
"""What an answer holds."""


@dataclass
class Caller:
    """One person who calls the service."""

    world: World
    person: PersonDefined

    @property
    def id(self) -> UUID:
        return self.person.person_id

    async def get(self, path: str, **query: Any) -> httpx.Response:
        headers = self.world.headers(self.id)
        return await self.world["leads"].api.get(path, params=query, headers=headers)

    async def send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A command, with a key of its own unless `headers` brings one."""
        carried = {
            **self.world.headers(self.id),
            "Content-Type": "application/json",
            **(headers or {}),
        }
        sent = content if content is not None else orjson.dumps(body)
        return await self.world["leads"].api.request(method, path, content=sent, headers=carried)

    async def capture(self, **lead: Any) -> httpx.Response:
        """Bring a lead in."""
        return await self.send("POST", "/leads", lead)

    async def captured(self, **lead: Any) -> UUID:
        """Bring a lead in that must be taken; its id."""
        answer = await self.capture(**lead)
        assert answer.status_code in (200, 201), answer.text
        return UUID(answer.json()["id"])

    async def lead(self, lead_id: UUID) -> Json:
        """A lead as this person sees it."""
        answer = await self.get(f"/leads/{lead_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class Office:
    """Two teams of one enterprise: Anna and Ben sell in the first, Dan in the second."""

    world: World
    first: UnitDefined
    second: UnitDefined
    anna: Caller
    ben: Caller
    chen: Caller
    """Leads the first team."""
    dan: Caller
    olga: Caller
    """Operates the whole enterprise."""
    oskar: Caller
    """Does too, and consents to what Olga wrote."""
    sequences: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def database(self) -> Database:
        return self.world["leads"].database

    async def hear(self, *events: Event) -> None:
        """Let the service hear these events."""
        for event in events:
            self._say(event)
        await self.world.settle()

    def _say(self, event: Event) -> None:
        self.sequences[event.aggregate_id] += 1
        said = Envelope(
            event_id=new_id(),
            aggregate_type=event.aggregate_type,
            aggregate_id=event.aggregate_id,
            sequence=self.sequences[event.aggregate_id],
            type=event.type,
            traceparent="",
            occurred_at=NOW,
            payload=event.model_dump_json(exclude={"type"}).encode(),
        )
        self.world.log.append(
            event.aggregate_type,
            event.aggregate_id,
            value=said.payload,
            headers=envelope.headers(said, source="opportunities"),
        )

    async def said(self, aggregate_id: UUID | None = None) -> list[str]:
        """The types of all events that the service published, of one aggregate when it is named."""
        await self.world.settle()
        return [
            event.type
            for event in sorted(self.world.log.events(), key=lambda event: event.sequence)
            if event.type.startswith(("lead.", "customer.", "contact."))
            and aggregate_id in (None, event.aggregate_id)
        ]

    async def leads(self, *wanted: str) -> list[dict[str, Any]]:
        """The leads that are stored, the oldest first, their persons opened; `wanted` names what of them."""
        async with self.database.tx() as tx:
            rows = await tx.fetch("SELECT * FROM lead ORDER BY captured_at, id")
            persons = [opened_row(tx, "lead", row).person for row in rows]
        known = [
            {
                **row,
                "name": person.name,
                "phone": person.phone.number if person.phone else None,
                "mail": person.mail,
            }
            for row, person in zip(rows, persons, strict=True)
        ]
        return [{name: lead[name] for name in wanted} for lead in known]

    async def bodies(self) -> list[dict[str, bytes | None]]:
        """What senders sent, as it came."""
        names = ("body", "opened", "mended")
        async with self.database.tx() as tx:
            return [
                {
                    name: None if row[name] is None else bodies.opened(tx, row["id"], row[name])
                    for name in names
                }
                for row in await tx.fetch("SELECT id, body, opened, mended FROM submission")
            ]

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """What the database holds."""
        async with self.database.tx() as tx:
            return [dict(row) for row in await tx.fetch(sql, *args)]
