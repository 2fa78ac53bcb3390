"""A lead comes in, is judged, gets an owner, becomes a deal; people are told, managers see it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.support.world import World

LEAD = {
    "name": "陈先生",
    "phone": "138 0013 8000",
    "mail": "chen@example.com",
    "company_name": "杭州云帆智能制造有限公司",
    "source": "Baidu",
    "region": "浙江",
}


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def capture(house: Enterprise, **fields: Any) -> str:
    answer = await house.act("leads", "POST", "/leads", by=OPERATOR, json={**LEAD, **fields})
    await house.world.settle()
    return answer.json()["id"]


async def owner_of(house: Enterprise, lead_id: str) -> UUID:
    lead = await house.get("leads", f"/leads/{lead_id}", by=OPERATOR)
    assert lead["owner_id"] is not None
    return UUID(lead["owner_id"])


async def convert(house: Enterprise, lead_id: str, *, by: UUID) -> dict[str, Any]:
    answer = await house.act(
        "leads",
        "POST",
        f"/leads/{lead_id}/convert",
        by=by,
        json={
            "deal": {
                "amount": "128000.00",
                "currency": "CNY",
                "product_id": str(house.product),
                "expected_close_on": str(datetime.now(UTC).date() + timedelta(days=60)),
            }
        },
    )
    await house.world.settle()
    return answer.json()


async def test_a_captured_lead_gets_an_owner_who_is_told(house: Enterprise):
    lead_id = await capture(house)

    owner = await owner_of(house, lead_id)
    inbox = await house.get("notifications", "/inbox", by=owner)

    assert owner in house.sellers
    assert [notice["subject_id"] for notice in inbox["items"]] == [lead_id]


async def test_the_owner_sees_the_lead_and_the_colleague_does_not(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    colleague = next(seller for seller in house.sellers if seller != owner)

    mine = await house.get("leads", "/leads", by=owner)
    theirs = await house.get("leads", "/leads", by=colleague)
    hidden = await house.world["leads"].api.get(
        f"/leads/{lead_id}", headers=house.world.headers(colleague)
    )

    assert [lead["id"] for lead in mine["items"]] == [lead_id]
    assert mine["items"][0]["phone"] == "+8613800138000"
    assert theirs["items"] == []
    assert hidden.status_code == 404


async def test_one_trace_leads_from_the_request_to_the_notice(house: Enterprise):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = f"00-{trace}-00f067aa0ba902b7-01"
    await house.act(
        "leads", "POST", "/leads", by=OPERATOR, json=LEAD, headers={"traceparent": parent}
    )
    await house.world.settle()

    log = house.world.log
    for kind in ("lead.captured.v1", "ownership.assigned.v1", "notification.placed.v1"):
        assert [event.traceparent.split("-")[1] for event in log.events(kind)] == [trace], kind


async def test_two_leads_go_to_two_sellers(house: Enterprise):
    first = await capture(house)
    second = await capture(
        house, phone="13900139000", mail="other@example.com", company_name="宁波海天机械厂"
    )

    assert {await owner_of(house, first), await owner_of(house, second)} == set(house.sellers)


async def test_the_receipt_says_why_and_decides_the_same_again(house: Enterprise):
    lead_id = await capture(house)
    ownerships = await house.get("opportunities", f"/ownerships?subject_id={lead_id}", by=OPERATOR)
    ownership_id = ownerships["items"][0]["id"]

    receipts = await house.get("opportunities", f"/ownerships/{ownership_id}/receipts", by=OPERATOR)

    receipt = (receipts["items"] if isinstance(receipts, dict) else receipts)[0]
    assert UUID(receipt["owner_id"]) == await owner_of(house, lead_id)


async def test_a_converted_lead_is_a_customer_and_a_deal_of_the_same_owner(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)

    converted = await convert(house, lead_id, by=owner)

    deal = await house.get(
        "opportunities", f"/opportunities/{converted['opportunity_id']}", by=owner
    )
    customer = await house.get("leads", f"/customers/{converted['customer_id']}", by=owner)
    assert deal["stage"] == "初步沟通"
    assert (deal["amount"], deal["list_value"]) == ("128000.00", "150000.00")
    assert UUID(deal["owner_id"]) == owner
    assert deal["lead_id"] == lead_id
    assert customer["name"] == LEAD["company_name"]


async def walk_to_the_win(house: Enterprise, deal_id: str, *, by: UUID) -> None:
    """Through every stage, doing what its gate asks for."""
    path = f"/opportunities/{deal_id}"
    soon = str(datetime.now(UTC).date() + timedelta(days=3))
    for kind in ("call", "visit", "meeting"):
        await house.act(
            "opportunities",
            "POST",
            "/activities",
            by=by,
            json={
                "subject_kind": "opportunity",
                "subject_id": deal_id,
                "kind": kind,
                "text": "Talked about the mill",
                "next_step": "Send the offer",
                "next_step_on": soon,
            },
        )
    for stage in ("需求确认", "方案制定", "报价", "谈判"):
        before = await house.act("opportunities", "GET", path, by=by)
        await house.act(
            "opportunities",
            "PUT",
            f"{path}/stage",
            by=by,
            json={"stage": stage, "next_step": "Call again", "next_step_on": soon},
            headers={"If-Match": before.headers["etag"]},
        )
    before = await house.act("opportunities", "GET", path, by=by)
    await house.act(
        "opportunities",
        "PUT",
        f"{path}/outcome",
        by=by,
        json={"outcome": "won", "reason": "产品合适", "amount": "120000.00"},
        headers={"If-Match": before.headers["etag"]},
    )
    await house.world.settle()


async def test_a_won_deal_is_in_every_report(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    converted = await convert(house, lead_id, by=owner)

    await walk_to_the_win(house, converted["opportunity_id"], by=owner)

    summary = await house.get("analytics", "/reports/summary", by=house.lead)
    sources = await house.get("analytics", "/reports/source-conversion?by=source", by=OPERATOR)
    regions = await house.get("analytics", "/reports/win-rate?by=region", by=OPERATOR)
    funnel = await house.get("analytics", "/reports/funnel", by=OPERATOR)
    assert summary[0]["won"] == 1
    assert summary[0]["won_value"] == 120000.0
    assert sources == [{"source": "Baidu", "leads": 1, "converted": 1, "rate": 1.0}]
    assert {row["region"]: row["won"] for row in regions}["East"] == 1
    assert funnel


async def test_an_owner_who_does_nothing_is_reminded_and_then_the_team_lead_hears(
    house: Enterprise,
):
    await house.world.reach_tuesday_morning()
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)

    await house.world.advance(timedelta(days=2))
    reminded = await house.get("notifications", "/inbox", by=owner)
    await house.world.advance(timedelta(days=5))
    escalated = await house.get("notifications", "/inbox", by=house.lead)

    assert len([n for n in reminded["items"] if n["subject_id"] == lead_id]) == 2
    assert lead_id in {notice["subject_id"] for notice in escalated["items"]}


async def test_an_owner_who_acts_in_time_is_left_in_peace(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    await house.act(
        "opportunities",
        "POST",
        "/activities",
        by=owner,
        json={"subject_kind": "lead", "subject_id": lead_id, "kind": "call", "text": "Hello"},
    )
    await house.world.settle()

    await house.world.advance(timedelta(days=10))

    inbox = await house.get("notifications", "/inbox", by=owner)
    assert len([n for n in inbox["items"] if n["subject_id"] == lead_id]) == 1


async def test_hearing_everything_again_changes_nothing(house: Enterprise):
    lead_id = await capture(house)
    owner = await owner_of(house, lead_id)
    converted = await convert(house, lead_id, by=owner)
    await walk_to_the_win(house, converted["opportunity_id"], by=owner)
    said = len(house.world.log.events())
    before = await house.get("analytics", "/checksums", by=OPERATOR)

    house.world.replay()
    async with house.world["analytics"].database.tx() as tx:
        await tx.execute("UPDATE consumer_offset SET next_offset = 0")
    await house.world.settle()

    assert len(house.world.log.events()) == said
    assert await house.get("analytics", "/checksums", by=OPERATOR) == before


async def test_nothing_personal_leaves_the_leads_service(house: Enterprise):
    lead_id = await capture(house, notes="calls himself 陈先生")
    await convert(house, lead_id, by=await owner_of(house, lead_id))

    said = b"".join(event.payload for event in house.world.log.events())

    for canary in ("陈先生", "13800138000", "chen@example.com"):
        assert canary.encode() not in said


async def test_a_customer_registered_by_hand_belongs_to_the_seller_everywhere(house: Enterprise):
    seller = house.sellers[0]
    answer = await house.act(
        "leads", "POST", "/customers", by=seller, json={"name": "宁波海天机械有限公司"}
    )
    await house.world.settle()

    ownerships = await house.get(
        "opportunities", f"/ownerships?subject_id={answer.json()['id']}", by=seller
    )
    inbox = await house.get("notifications", "/inbox", by=seller)

    assert [ownership["owner_id"] for ownership in ownerships["items"]] == [str(seller)]
    assert inbox["items"] == []
