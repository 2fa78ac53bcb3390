"""A small sales organisation: what tests of deals act in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.opportunities.domain.ownership import OwnedSubject
from services.opportunities.domain.person import Person
from services.opportunities.domain.product import Product
from services.opportunities.domain.unit import Unit
from services.opportunities.handlers import ownership
from services.opportunities.repository import person as people
from services.opportunities.repository import product as products
from services.opportunities.repository import unit as units
from shared import access
from shared.contracts.base import Event
from shared.contracts.opportunities import Role
from shared.envelope import Envelope
from shared.ids import new_id, ownership_id
from shared.principals import ROOT_UNIT
from tests.support.world import World

Answer = httpx.Response


def _person(username: str, unit_id: UUID, *roles: Role) -> Person:
    return Person(
        id=uuid4(),
        username=username,
        name=username.title(),
        unit_id=unit_id,
        roles=roles,
        sequence=1,
    )


@dataclass
class Sales:
    """East has Anna and Ben under Lea; West has Wu; Olga looks after the whole enterprise."""

    world: World
    east: UUID = field(default_factory=uuid4)
    west: UUID = field(default_factory=uuid4)
    customer: UUID = field(default_factory=uuid4)
    """Anna's."""
    pump: Product = field(
        default_factory=lambda: Product(
            id=uuid4(),
            code="P-1",
            name="Pump",
            list_price=Decimal(1000),
            currency="CNY",
            sequence=1,
        )
    )

    def __post_init__(self) -> None:
        self.anna = _person("anna", self.east, "seller")
        self.ben = _person("ben", self.east, "seller")
        self.lea = _person("lea", self.east, "team_lead")
        self.wu = _person("wu", self.west, "seller")
        self.mia = _person("mia", self.east, "manager")
        self.olga = _person("olga", ROOT_UNIT, "operator")

    @property
    def api(self) -> httpx.AsyncClient:
        """The service's HTTP door."""
        return self.world["opportunities"].api

    async def ask(
        self,
        who: Person,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        etag: str = "",
        key: str = "",
    ) -> Answer:
        """One request of somebody."""
        headers = self.world.headers(who.id)
        if etag:
            headers["If-Match"] = etag
        if key:
            headers["Idempotency-Key"] = key
        return await self.api.request(method, path, json=body, headers=headers)

    async def today(self) -> date:
        """The date of the database's clock, where the enterprise is."""
        return (await self.now() + timedelta(hours=8)).date()

    async def soon(self) -> str:
        """A day that is still to come."""
        return (await self.today() + timedelta(days=3)).isoformat()

    async def open(self, who: Person | None = None, **changes: Any) -> dict[str, Any]:
        """A new deal with Anna's customer."""
        body: dict[str, Any] = {
            "customer_id": str(self.customer),
            "next_step": "Visit them",
            "next_step_on": await self.soon(),
        }
        answer = await self.ask(who or self.anna, "POST", "/opportunities", body | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def show(self, id: str, who: Person | None = None) -> Answer:
        """A deal as somebody sees it."""
        return await self.ask(who or self.anna, "GET", f"/opportunities/{id}")

    async def etag(self, id: str) -> str:
        """What If-Match takes now."""
        return (await self.show(id)).headers["ETag"]

    async def move(self, id: str, stage: str, *, etag: str = "", **more: Any) -> Answer:
        """Move a deal by its own door."""
        return await self.ask(
            self.anna,
            "PUT",
            f"/opportunities/{id}/stage",
            {"stage": stage} | more,
            etag=etag or await self.etag(id),
        )

    async def patch(self, id: str, *, etag: str = "", **changes: Any) -> Answer:
        """Correct a deal."""
        return await self.ask(
            self.anna,
            "PATCH",
            f"/opportunities/{id}",
            changes,
            etag=etag or await self.etag(id),
        )

    async def close(self, id: str, outcome: str, reason: str, **more: Any) -> Answer:
        """Win or lose a deal."""
        return await self.ask(
            self.anna,
            "PUT",
            f"/opportunities/{id}/outcome",
            {"outcome": outcome, "reason": reason} | more,
            etag=await self.etag(id),
        )

    async def transfer(self, id: UUID, to: Person) -> Answer:
        """Olga hands a deal on."""
        return await self.ask(
            self.olga,
            "PUT",
            f"/ownerships/{ownership_id('opportunity', id)}/owner",
            {"owner_id": str(to.id), "reason": f"{to.name} knows them"},
            etag="*",
        )

    async def log(self, id: str, kind: str, **more: Any) -> Answer:
        """Log what Anna did about a deal."""
        body = {"subject_kind": "opportunity", "subject_id": id, "kind": kind}
        return await self.ask(self.anna, "POST", "/activities", body | more)

    async def hear(self, *events: tuple[Event, int]) -> None:
        """Let the service hear events of others, each with its sequence."""
        await self.world.log.publish(
            [
                Envelope(
                    event_id=new_id(),
                    aggregate_type=event.aggregate_type,
                    aggregate_id=event.aggregate_id,
                    sequence=sequence,
                    type=event.type,
                    traceparent="",
                    occurred_at=await self.now(),
                    payload=event.model_dump_json(exclude={"type"}).encode(),
                )
                for event, sequence in events
            ]
        )
        await self.world.settle()

    async def events(self, *types: str) -> list[Envelope]:
        """What the service has said."""
        await self.world.settle()
        return self.world.log.events(*types)

    async def now(self) -> datetime:
        """The database's clock."""
        async with self.world["opportunities"].database.tx() as tx:
            return tx.now


async def found(world: World) -> Sales:
    """Write the organisation down, and give Anna her customer."""
    sales = Sales(world)
    teams = [
        Unit(id=unit_id, name=name, kind="team", parent_id=ROOT_UNIT, sequence=1)
        for unit_id, name in ((sales.east, "East"), (sales.west, "West"))
    ]
    staff: Sequence[Person] = (
        sales.anna,
        sales.ben,
        sales.lea,
        sales.mia,
        sales.wu,
        sales.olga,
    )
    async with world["opportunities"].database.tx() as tx:
        root = (await units.lock(tx, [ROOT_UNIT])).get(ROOT_UNIT) or Unit(
            id=ROOT_UNIT, name="Enterprise", kind="enterprise", parent_id=None, sequence=1
        )
        await units.save(tx, [root, *teams], now=tx.now)
        await people.save(tx, staff, now=tx.now)
        root = replace(root, lead_person_id=sales.olga.id)
        await units.save(tx, [root], now=tx.now)
        await products.save(tx, [sales.pump], now=tx.now)
        await access.define(tx, [record.defined() for record in (root, *teams, *staff)])
        await ownership.assign_directly(
            tx,
            [OwnedSubject(kind="customer", subject_id=sales.customer, owner_id=sales.anna.id)],
            reason="kept",
            history=False,
            now=tx.now,
        )
    return sales
