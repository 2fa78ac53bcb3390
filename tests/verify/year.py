"""A little of everything: leads won, lost, given up, merged, withdrawn, converted by mistake, and what is heard."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.support.world import World

STAGES = ("需求确认", "方案制定", "报价", "谈判")


async def live_through(world: World) -> Enterprise:
    """An enterprise at rest, with something in every table the checker looks at."""
    house = await found(world)
    leads = [await _capture(house, number) for number in range(5)]
    await _capture(house, 0)
    won, lost, given_up, _, converted = leads
    deal = await _convert(house, won)
    await _win(house, deal)
    await _end(house, await _convert(house, lost), outcome="lost", reason="价格")
    await _convert(house, converted)
    await house.act(
        "leads",
        "POST",
        f"/leads/{given_up}/disqualification",
        by=house.lead,
        json={"reason": "no_budget"},
    )
    await world.settle()
    await _merge(house, [await _capture(house, number) for number in (5, 6, 7)])
    await _import_and_undo(house)
    await _undo(house, [await _capture(house, number) for number in (8, 9)])
    await world.advance(timedelta(days=2))
    await world.advance(timedelta(days=5))
    return house


async def _capture(house: Enterprise, number: int) -> str:
    answer = await house.act(
        "leads",
        "POST",
        "/leads",
        by=OPERATOR,
        json={
            "name": f"Buyer {number}",
            "phone": f"138001380{number:02d}",
            "company_name": f"杭州第{number}机械有限公司",
            "source": "Baidu",
            "region": "浙江",
        },
    )
    await house.world.settle()
    return answer.json()["id"]


async def _convert(house: Enterprise, lead_id: str) -> str:
    terms: dict[str, Any] = {
        "amount": "128000.00",
        "currency": "CNY",
        "product_id": str(house.product),
        "expected_close_on": str(datetime.now(UTC).date() + timedelta(days=60)),
    }
    answer = await house.act(
        "leads", "POST", f"/leads/{lead_id}/convert", by=house.lead, json={"deal": terms}
    )
    await house.world.settle()
    return answer.json()["opportunity_id"]


async def _merge(house: Enterprise, leads: list[str]) -> None:
    """Two turn out to be the first; of one it was a mistake."""
    survivor, gone, mistaken = leads
    for other in (gone, mistaken):
        merge = {"other_id": other, "take": ["phone"]}
        await house.act("leads", "POST", f"/leads/{survivor}/merge", by=OPERATOR, json=merge)
    await house.world.settle()
    await house.act("leads", "POST", f"/leads/{mistaken}/unmerge", by=OPERATOR, json={})
    await house.world.settle()


async def _import_and_undo(house: Enterprise) -> None:
    """Two leads of a file are taken back; one of them comes again."""
    both = b"external_id,name\n1,Buyer A\n2,Buyer B\n"
    sent = await house.act("leads", "POST", "/imports/leads", by=OPERATOR, file=both)
    await house.world.settle()
    await house.world.advance()
    await house.act("leads", "POST", f"/imports/{sent.json()['id']}/undo", by=OPERATOR)
    await house.world.advance()
    again = b"external_id,name\n2,Buyer B\n"
    await house.act("leads", "POST", "/imports/leads", by=OPERATOR, file=again)
    await house.world.advance()


async def _undo(house: Enterprise, leads: list[str]) -> None:
    """Both were converted by mistake; about the deal of one something had been done by then."""
    for lead_id in leads:
        await _convert(house, lead_id)
    converted = f"/leads/{leads[1]}/conversions"
    [made] = (await house.act("leads", "GET", converted, by=house.lead)).json()
    call = {"subject_kind": "opportunity", "subject_id": made["opportunity_id"], "kind": "call"}
    await house.act("opportunities", "POST", "/activities", by=house.lead, json=call)
    for lead_id in leads:
        await house.act(
            "leads", "POST", f"/leads/{lead_id}/conversion/undo", by=house.lead, json={}
        )
    await house.world.settle()
    await _convert(house, leads[0])


async def _win(house: Enterprise, deal_id: str) -> None:
    soon = str(date.today() + timedelta(days=3))  # noqa: DTZ011 - any day to come
    for kind in ("call", "visit", "meeting"):
        await house.act(
            "opportunities",
            "POST",
            "/activities",
            by=house.lead,
            json={
                "subject_kind": "opportunity",
                "subject_id": deal_id,
                "kind": kind,
                "text": "Talked about the mill",
                "next_step": "Send the offer",
                "next_step_on": soon,
            },
        )
    for stage in STAGES:
        step = {"stage": stage, "next_step": "Call again", "next_step_on": soon}
        await _change(house, deal_id, "stage", step)
    await _end(house, deal_id, outcome="won", reason="产品合适", amount="120000.00")


async def _end(house: Enterprise, deal_id: str, **said: str) -> None:
    await _change(house, deal_id, "outcome", said)
    await house.world.settle()


async def _change(house: Enterprise, deal_id: str, what: str, body: dict[str, str]) -> None:
    path = f"/opportunities/{deal_id}"
    before = await house.act("opportunities", "GET", path, by=house.lead)
    await house.act(
        "opportunities",
        "PUT",
        f"{path}/{what}",
        by=house.lead,
        json=body,
        headers={"If-Match": before.headers["etag"]},
    )
