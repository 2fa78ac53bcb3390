"""A conversion was a mistake: it is taken back, and every service looks as if it had never been."""

import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.stories.test_main_road import LEAD, capture, convert, owner_of
from tests.support.world import World


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def undo(house: Enterprise, lead_id: str) -> None:
    owner = await owner_of(house, lead_id)
    await house.act("leads", "POST", f"/leads/{lead_id}/conversion/undo", by=owner, json={})
    await house.world.settle()


async def road(house: Enterprise) -> dict[str, int]:
    """How far leads have come, as managers see it."""
    rows = await house.get("analytics", "/reports/source-conversion?by=source", by=OPERATOR)
    [row] = rows
    return {"leads": row["leads"], "converted": row["converted"]}


async def test_everybody_forgets_a_conversion_that_was_undone(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    await convert(house, lead_id, by=owner)
    converted = await road(house)

    await undo(house, lead_id)

    lead = await house.get("leads", f"/leads/{lead_id}", by=owner)
    deals = await house.get("opportunities", "/opportunities", by=owner)
    stages = await house.get("analytics", "/reports/stage-counts", by=OPERATOR)
    funnel = await house.get("analytics", "/reports/funnel", by=OPERATOR)
    assert (lead["state"], lead["customer_id"]) == ("open", None)
    assert deals["items"] == []
    assert (converted["converted"], (await road(house))["converted"]) == (1, 0)
    assert [row for row in stages if row["count"]] == []
    assert "初步沟通" not in str(funnel)


async def test_the_lead_is_converted_again_as_if_for_the_first_time(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    first = await convert(house, lead_id, by=owner)
    await undo(house, lead_id)

    second = await convert(house, lead_id, by=owner)

    path = f"/opportunities/{second['opportunity_id']}"
    deal = await house.get("opportunities", path, by=owner)
    customer = await house.get("leads", f"/customers/{second['customer_id']}", by=owner)
    assert second["opportunity_id"] != first["opportunity_id"]
    assert (deal["status"], deal["customer_name"]) == ("open", LEAD["company_name"])
    assert customer["owner_id"] == str(owner)
    assert (await road(house))["converted"] == 1


async def test_a_deal_that_has_moved_on_keeps_everything_as_it_is(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    made = await convert(house, lead_id, by=owner)
    path = f"/opportunities/{made['opportunity_id']}"
    call = {"subject_kind": "opportunity", "subject_id": made["opportunity_id"], "kind": "call"}
    await house.act("opportunities", "POST", "/activities", by=owner, json={**call, "text": "你好"})
    await house.world.settle()

    await undo(house, lead_id)

    [standing] = await house.get("leads", f"/leads/{lead_id}/conversions", by=owner)
    assert (standing["state"], standing["kept_for"]) == ("kept", ["worked_on"])
    assert (await house.get("opportunities", path, by=owner))["status"] == "open"
    assert (await house.get("leads", f"/leads/{lead_id}", by=owner))["state"] == "converted"
    assert (await road(house))["converted"] == 1


async def test_hearing_all_of_it_again_changes_nothing(house: Enterprise):
    lead_id = await capture(house)
    await convert(house, lead_id, by=await owner_of(house, lead_id))
    await undo(house, lead_id)
    said = len(house.world.log.events())
    before = await house.get("analytics", "/checksums", by=OPERATOR)

    house.world.replay()
    async with house.world["analytics"].database.tx() as tx:
        await tx.execute("UPDATE consumer_offset SET next_offset = 0")
    await house.world.settle()

    assert len(house.world.log.events()) == said
    assert await house.get("analytics", "/checksums", by=OPERATOR) == before
