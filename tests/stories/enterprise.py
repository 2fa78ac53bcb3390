"""A small enterprise, built over HTTP as an operator would build it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

import httpx

from shared.ids import external_id
from shared.principals import ROOT_UNIT
from tests.support.world import World

OPERATOR = external_id("person", "shangji", "operator")
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass
class Enterprise:
    """One region with a team: a lead, two sellers, a product. Everybody acts over HTTP."""

    world: World
    region: UUID
    team: UUID
    lead: UUID
    sellers: tuple[UUID, UUID]
    product: UUID

    async def act(
        self,
        service: str,
        method: str,
        path: str,
        *,
        by: UUID,
        json: Any = None,
        file: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> httpx.Response:
        """One request, answered with success."""
        if file is not None:
            headers = {**headers, "Content-Type": "application/octet-stream"}
        answer = await self.world[service].api.request(
            method, path, json=json, content=file, headers={**self.world.headers(by), **headers}
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def get(self, service: str, path: str, *, by: UUID) -> Any:
        """What somebody sees."""
        return (await self.act(service, "GET", path, by=by)).json()


async def found(world: World) -> Enterprise:
    """Found the enterprise and let everybody hear of it."""
    await world.settle()
    house = Enterprise(world, ROOT_UNIT, ROOT_UNIT, OPERATOR, (OPERATOR, OPERATOR), OPERATOR)

    async def make(path: str, **fields: Any) -> UUID:
        answer = await house.act("opportunities", "POST", path, by=OPERATOR, json=fields)
        return UUID(answer.json()["id"])

    house.region = await make("/units", name="East", kind="region", parent_id=str(ROOT_UNIT))
    house.team = await make(
        "/units", name="East 1", kind="team", parent_id=str(house.region), regions=["浙江"]
    )
    house.lead = await _person(make, "wang.lei", "Wang Lei", house.team, "team_lead")
    house.sellers = (
        await _person(make, "li.na", "Li Na", house.team, "seller"),
        await _person(make, "zhao.min", "Zhao Min", house.team, "seller"),
    )
    team = await world["opportunities"].api.get(
        f"/units/{house.team}", headers=world.headers(OPERATOR)
    )
    await house.act(
        "opportunities",
        "PATCH",
        f"/units/{house.team}",
        by=OPERATOR,
        json={"lead_person_id": str(house.lead)},
        headers={"If-Match": team.headers["etag"]},
    )
    house.product = await make(
        "/products", code="CNC-5", name="Mill", list_price="150000.00", currency="CNY"
    )
    await world.settle()
    return house


async def _person(make: Any, username: str, name: str, unit: UUID, role: str) -> UUID:
    return await make(
        "/persons",
        username=username,
        name=name,
        email=f"{username}@example.com",
        unit_id=str(unit),
        roles=[role],
    )
