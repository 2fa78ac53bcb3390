"""A lead becomes a customer when the registration of it protects, where policy waits for that."""

from uuid import UUID

import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.stories.test_escalation import configure
from tests.stories.test_main_road import capture, owner_of
from tests.support.world import World


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    enterprise = await found(world)
    await configure(
        enterprise,
        "leads",
        "conversion",
        {"default": {"trigger": "registered", "opportunity": "always"}},
    )
    return enterprise


async def register(house: Enterprise, lead_id: str, *, by: UUID) -> dict[str, str]:
    answer = await house.act(
        "opportunities", "POST", "/registrations", by=by, json={"lead_id": lead_id}
    )
    await house.world.settle()
    return answer.json()


async def state_of(house: Enterprise, lead_id: str) -> str:
    return (await house.get("leads", f"/leads/{lead_id}", by=OPERATOR))["state"]


async def test_a_registration_that_protects_converts_its_lead(house: Enterprise):
    lead_id = await capture(house)
    seller = await owner_of(house, lead_id)
    refused = await house.world["leads"].api.post(
        f"/leads/{lead_id}/convert", json={}, headers=house.world.headers(seller)
    )

    made = await register(house, lead_id, by=seller)

    lead = await house.get("leads", f"/leads/{lead_id}", by=OPERATOR)
    deal = await house.get("opportunities", f"/opportunities/{lead['opportunity_id']}", by=seller)
    assert refused.status_code == 409
    assert (made["state"], made["lead_id"]) == ("protected", lead_id)
    assert (lead["state"], UUID(deal["owner_id"])) == ("converted", seller)


async def test_a_contested_one_converts_when_it_is_approved(house: Enterprise):
    first = await capture(house)
    mine, other = await owner_of(house, first), {*house.sellers} - {await owner_of(house, first)}
    [colleague] = other
    await house.act(
        "opportunities",
        "POST",
        "/registrations",
        by=colleague,
        json={"company_name": "杭州云帆智能制造有限公司"},
    )
    made = await register(house, first, by=mine)
    before = await state_of(house, first)

    await house.act(
        "opportunities",
        "PUT",
        f"/registrations/{made['id']}/decision",
        by=house.lead,
        json={"approve": True, "reason": "met first"},
    )
    await house.world.settle()

    assert (made["state"], before) == ("contested", "open")
    assert await state_of(house, first) == "converted"


async def test_a_lead_one_may_not_see_cannot_be_registered(house: Enterprise):
    lead_id = await capture(house)
    [stranger] = {*house.sellers} - {await owner_of(house, lead_id)}

    refused = await house.world["opportunities"].api.post(
        "/registrations", json={"lead_id": lead_id}, headers=house.world.headers(stranger)
    )

    assert refused.status_code == 404


async def test_heard_twice_it_converts_once(house: Enterprise):
    lead_id = await capture(house)
    await register(house, lead_id, by=await owner_of(house, lead_id))

    house.world.replay()
    await house.world.settle()

    assert len(house.world.log.events("lead.converted.v1")) == 1
