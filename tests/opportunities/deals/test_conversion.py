import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.leads import (
    CustomerFacts,
    CustomerRegistered,
    DealWanted,
    LeadCaptured,
    LeadConverted,
    LeadFacts,
)
from tests.opportunities.deals.sales import Sales

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def converted(sales: Sales, lead_id: UUID | None = None, **changes: Any) -> LeadConverted:
    values: dict[str, Any] = {
        "lead_id": lead_id or uuid4(),
        "customer_id": uuid4(),
        "contact_id": uuid4(),
        "deal": DealWanted(
            opportunity_id=uuid4(),
            amount=Decimal(700),
            currency="CNY",
            product_id=sales.pump.id,
            source="web",
            attributes={"funding": "国债", "sites": 3.0, "urgent": True},
        ),
        "owner": "keep",
        "converted_by": sales.ben.id,
        "converted_at": AT,
    }
    return LeadConverted(**values | changes)


def deal_of(event: LeadConverted) -> str:
    assert event.deal is not None
    return str(event.deal.opportunity_id)


async def test_a_converted_lead_opens_its_deal_with_a_next_step(sales: Sales) -> None:
    event = converted(sales)

    await sales.hear((event, 1))

    deal = (await sales.show(deal_of(event), sales.ben)).json()
    assert (deal["stage"], deal["status"], deal["amount"]) == ("初步沟通", "open", "700.00")
    assert (deal["owner_id"], deal["list_value"]) == (str(sales.ben.id), "1000.00")
    assert deal["attributes"] == {"funding": "国债", "sites": 3, "urgent": True}
    assert deal["next_step"]
    assert date.fromisoformat(deal["next_step_on"]) > await sales.today()


async def test_a_deal_goes_to_the_lead_s_owner(sales: Sales) -> None:
    lead_id = uuid4()
    captured = LeadCaptured(
        lead_id=lead_id,
        facts=LeadFacts(channel="web"),
        wanted_owner_id=sales.anna.id,
        captured_at=AT,
    )
    event = converted(sales, lead_id)

    await sales.hear((captured, 1), (event, 2))

    assert (await sales.show(deal_of(event), sales.anna)).status_code == 200
    assert (await sales.show(deal_of(event), sales.ben)).status_code == 404


async def test_conversions_heard_twice_open_one_deal_each(sales: Sales) -> None:
    events = [converted(sales) for _ in range(5)]

    await sales.hear(*((event, 1) for event in events))
    sales.world.replay()
    await sales.world.settle()

    opened = await sales.events("opportunity.opened.v1")
    assert sorted(str(event.aggregate_id) for event in opened) == sorted(map(deal_of, events))


async def test_a_conversion_heard_before_its_customer_waits_for_nobody(sales: Sales) -> None:
    event = converted(sales)
    registered = CustomerRegistered(
        customer_id=event.customer_id, facts=CustomerFacts(name="华东泵业"), registered_at=AT
    )

    await sales.hear((event, 1))
    before = (await sales.show(deal_of(event), sales.ben)).json()
    await sales.hear((registered, 1))
    after = (await sales.show(deal_of(event), sales.ben)).json()

    assert (before["customer_id"], before["customer_name"]) == (str(event.customer_id), "")
    assert after["customer_name"] == "华东泵业"


async def test_a_conversion_that_nobody_did_goes_to_who_looks_after_everything(
    sales: Sales,
) -> None:
    event = converted(sales, converted_by=None)

    await sales.hear((event, 1))

    deal = (await sales.show(deal_of(event), sales.olga)).json()
    assert deal["owner_id"] == str(sales.olga.id)


async def test_a_conversion_without_a_deal_opens_none(sales: Sales) -> None:
    await sales.hear((converted(sales, deal=None), 1))

    assert await sales.events("opportunity.opened.v1") == []


async def test_the_owner_of_a_converted_deal_is_announced(sales: Sales) -> None:
    event = converted(sales)

    await sales.hear((event, 1))

    told = [json.loads(heard.payload) for heard in await sales.events("ownership.assigned.v1")]
    assert [heard["owner_id"] for heard in told if heard["subject_id"] == deal_of(event)] == [
        str(sales.ben.id)
    ]


async def test_what_was_done_about_the_lead_counts_for_its_deal(sales: Sales) -> None:
    lead_id = uuid4()
    captured = LeadCaptured(
        lead_id=lead_id,
        facts=LeadFacts(channel="web"),
        wanted_owner_id=sales.anna.id,
        captured_at=AT,
    )
    await sales.hear((captured, 1))
    body = {"subject_kind": "lead", "subject_id": str(lead_id), "kind": "call", "text": "Hello"}
    assert (await sales.ask(sales.anna, "POST", "/activities", body)).status_code == 201
    event = converted(sales, lead_id)
    await sales.hear((event, 2))

    moved = await sales.move(deal_of(event), "需求确认")

    assert moved.status_code == 200, moved.text
    timeline = await sales.ask(sales.anna, "GET", f"/opportunities/{deal_of(event)}/timeline")
    assert [entry["kind"] for entry in timeline.json()["items"]] == ["moved", "opened", "call"]


async def test_a_conversion_of_long_ago_is_told_as_history(sales: Sales) -> None:
    event = converted(sales, history=True)

    await sales.hear((event, 1))

    told = await sales.events("opportunity.opened.v1", "ownership.assigned.v1")
    assert [
        json.loads(heard.payload)["history"]
        for heard in told
        if deal_of(event).encode() in heard.payload or str(heard.aggregate_id) == deal_of(event)
    ] == [True, True]
