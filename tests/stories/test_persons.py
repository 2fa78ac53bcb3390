"""What is known of a person is right everywhere, their wishes count everywhere, and they are forgotten everywhere."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.support.world import World

DAY = timedelta(days=1)
LEAD = {
    "name": "陈先生",
    "phone": "138 0013 8000",
    "company_name": "杭州云帆智能制造有限公司",
    "region": "浙江",
}


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def captured(house: Enterprise, **fields: Any) -> str:
    answer = await house.act("leads", "POST", "/leads", by=OPERATOR, json={**LEAD, **fields})
    await house.world.settle()
    return answer.json()["id"]


async def rows(house: Enterprise, service: str, sql: str) -> list[dict[str, Any]]:
    async with house.world[service].database.tx() as tx:
        return [dict(row) for row in await tx.fetch(sql)]


async def test_a_correction_reaches_every_copy(house: Enterprise):
    lead_id = await captured(house)
    right = {"company_name": "杭州远帆智能制造有限公司", "do_not_call": True}

    await house.act(
        "leads", "PATCH", f"/leads/{lead_id}", by=OPERATOR, json=right, headers={"If-Match": "*"}
    )
    await house.world.settle()

    [copy] = await rows(house, "opportunities", "SELECT company_name FROM lead_copy")
    [told] = await rows(house, "notifications", "SELECT name FROM company")
    [seen] = await rows(house, "analytics", "SELECT do_not_call FROM lead")
    assert copy["company_name"] == told["name"] == right["company_name"]
    assert seen == {"do_not_call": True}


@pytest.mark.parametrize(
    ("wishes", "asked"),
    [
        pytest.param({}, ["mail", "call", "mail"], id="no wish"),
        pytest.param({"do_not_email": True}, ["call"], id="no mail"),
        pytest.param({"do_not_call": True}, ["mail", "mail"], id="no calls"),
        pytest.param({"do_not_call": True, "do_not_email": True}, [], id="neither"),
    ],
)
async def test_nobody_is_told_to_do_what_a_lead_does_not_want(
    house: Enterprise, wishes: dict[str, bool], asked: list[str]
):
    lead_id = await captured(house, phone="", company_name="", **wishes)
    await house.world.advance()

    for done in range(1, 4):
        await house.world.advance(100 * DAY)
        if len(told(house)) == done:
            await house.act("leads", "POST", f"/leads/{lead_id}/touches", by=OPERATOR)

    assert told(house) == asked
    notices = await rows(house, "notifications", "SELECT id FROM notice WHERE kind = 'touch_due'")
    assert len(notices) == len(asked)


def told(house: Enterprise) -> list[str]:
    """The means of the touches that were announced, in their order."""
    said = sorted(house.world.log.events("lead.touch_due.v1"), key=lambda event: event.sequence)
    return [orjson.loads(event.payload)["by"] for event in said]


async def test_words_about_somebody_who_is_forgotten_go_and_the_deal_stays(house: Enterprise):
    lead_id = await captured(house)
    said = {"subject_kind": "lead", "subject_id": lead_id, "kind": "call", "text": "陈先生要两台"}
    await house.act("opportunities", "POST", "/activities", by=house.lead, json=said)
    deal = {"deal": {"amount": "128000.00"}}
    await house.act("leads", "POST", f"/leads/{lead_id}/convert", by=house.lead, json=deal)
    await house.world.settle()

    wanted = {"subject_kind": "lead", "subject_id": lead_id, "reason": "requested"}
    await house.act("leads", "POST", "/erasures", by=OPERATOR, json=wanted)
    await house.world.settle()
    house.world.replay()
    await house.world.settle()

    assert await rows(house, "opportunities", "SELECT kind, text FROM activity") == [
        {"kind": "call", "text": ""}
    ]
    [kept] = await rows(house, "opportunities", "SELECT amount, lead_id FROM deal")
    assert (str(kept["amount"]), str(kept["lead_id"])) == ("128000.00", lead_id)
