"""An enterprise for tests: people and units are made as an operator makes them, over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.opportunities.handlers.bootstrap import FIRST_OPERATOR
from shared.contracts.base import Event
from shared.contracts.catalogue import parse
from shared.contracts.leads import LeadCaptured, LeadFacts
from shared.envelope import Envelope
from shared.ids import new_id, ownership_id
from shared.principals import ROOT_UNIT
from tests.support.world import World

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
Json = dict[str, Any]


@dataclass
class House:
    """What tests of directory, ownership and pool act in."""

    world: World
    operator: UUID = FIRST_OPERATOR

    @property
    def api(self) -> httpx.AsyncClient:
        """The service's HTTP door."""
        return self.world["opportunities"].api

    async def ask(
        self,
        who: UUID | str,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        etag: str = "",
    ) -> httpx.Response:
        """One request of somebody."""
        headers = self.world.headers(UUID(str(who)))
        if etag:
            headers["If-Match"] = etag
        return await self.api.request(method, path, json=body, headers=headers)

    async def make(self, path: str, **body: Any) -> Json:
        """Something new in the directory."""
        answer = await self.ask(self.operator, "POST", path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def unit(self, name: str = "East", **changes: Any) -> Json:
        """A team right below the enterprise."""
        body = {"name": name, "kind": "team", "parent_id": str(ROOT_UNIT), **changes}
        return await self.make("/units", **body)

    async def person(self, username: str, unit: Json | None = None, **changes: Any) -> Json:
        """A seller."""
        unit_id = unit["id"] if unit else str(ROOT_UNIT)
        body = {"username": username, "name": username.title(), "unit_id": unit_id}
        return await self.make("/persons", **{**body, "roles": ["seller"], **changes})

    async def change(self, path: str, **changes: Any) -> httpx.Response:
        """Change something of the directory as it is now."""
        etag = (await self.ask(self.operator, "GET", path)).headers["ETag"]
        return await self.ask(self.operator, "PATCH", path, changes, etag=etag)

    async def configure(self, kind: str, **body: Any) -> httpx.Response:
        """Put new rules in force."""
        draft = await self.ask(
            self.operator, "POST", f"/configurations/{kind}", {"body": body, "why": "test"}
        )
        path = f"/configurations/{kind}/{draft.json()['version']}/state"
        checked = await self.ask(self.operator, "PUT", path, {"state": "checked"})
        if checked.is_error:
            return checked
        return await self.ask(self.operator, "PUT", path, {"state": "activated"})

    async def hear(self, *events: Event, sequence: int = 1) -> None:
        """Let the service hear events of others."""
        await self.world.log.publish([_envelope(event, sequence) for event in events])
        await self.world.settle()

    async def said(self, *types: str) -> list[Json]:
        """What the service has announced, the oldest first."""
        await self.world.settle()
        told = sorted(self.world.log.events(*types), key=lambda envelope: envelope.occurred_at)
        return [parse(envelope.type, envelope.payload).model_dump() for envelope in told]

    async def pooled(self, count: int = 1) -> list[str]:
        """Leads that wait in the pool, by the ids of their ownerships."""
        leads = [captured(region="海外") for _ in range(count)]
        await self.hear(*leads)
        return [str(ownership_id("lead", lead.lead_id)) for lead in leads]

    async def owner_of(self, lead: LeadCaptured) -> str | None:
        """Who has a lead, as the operator sees it."""
        path = f"/ownerships/{ownership_id('lead', lead.lead_id)}"
        return (await self.ask(self.operator, "GET", path)).json().get("owner_id")

    async def rows(self, sql: str, *args: object) -> Sequence[Any]:
        """What the service's own tables say."""
        async with self.world["opportunities"].database.tx() as tx:
            return await tx.fetch(sql, *args)


def captured(*, region: str = "华东", lead: Json | None = None, **facts: Any) -> LeadCaptured:
    """A lead of the website."""
    known = LeadFacts(**{"channel": "website", "region": region, **facts})
    return LeadCaptured(**{"lead_id": uuid4(), "facts": known, "captured_at": NOW, **(lead or {})})


def _envelope(event: Event, sequence: int) -> Envelope:
    return Envelope(
        event_id=new_id(),
        aggregate_type=event.aggregate_type,
        aggregate_id=event.aggregate_id,
        sequence=sequence,
        type=event.type,
        traceparent="",
        occurred_at=NOW,
        payload=event.model_dump_json(exclude={"type"}).encode(),
    )
