"""A group buys through a dealer: its organisations, its people and our own entity are one deal's parties."""

from uuid import UUID

import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.support.world import World


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def register(house: Enterprise, name: str, *, by: UUID, **more: object) -> str:
    answer = await house.act("leads", "POST", "/customers", by=by, json={"name": name, **more})
    return answer.json()["id"]


async def test_a_deal_of_a_subsidiary_is_sold_through_a_dealer_and_paid_by_the_group(
    house: Enterprise,
):
    seller = house.sellers[0]
    group = await register(house, "恒达集团", by=seller)
    plant = await register(house, "恒达一厂", by=seller)
    dealer = await register(house, "华东经销", by=seller, is_dealer=True)
    await house.act(
        "leads",
        "PUT",
        f"/customers/{plant}/parent",
        by=seller,
        json={"parent_id": group},
        headers={"If-Match": "*"},
    )
    contact = await house.act(
        "leads", "POST", "/contacts", by=seller, json={"customer_id": plant, "name": "李雷"}
    )
    entity = await house.act(
        "opportunities",
        "POST",
        "/units",
        by=OPERATOR,
        json={
            "name": "远东机械（杭州）有限公司",
            "kind": "legal_entity",
            "parent_id": str(house.region),
            "credit_code": "91330100MA27XYJ12E",
        },
    )
    await house.world.settle()

    deal = await house.act(
        "opportunities",
        "POST",
        "/opportunities",
        by=seller,
        json={
            "customer_id": plant,
            "buyer_id": contact.json()["id"],
            "dealer_id": dealer,
            "payer_id": group,
            "signed_by_id": entity.json()["id"],
            "next_step": "拜访",
            "next_step_on": "2099-01-05",
        },
    )

    told = deal.json()
    assert (told["customer_name"], told["payer_id"], told["dealer_id"]) == (
        "恒达一厂",
        group,
        dealer,
    )
    members = (await house.get("leads", f"/customers/{plant}/group", by=seller))["members"]
    assert [member["name"] for member in members] == ["恒达集团", "恒达一厂"]
