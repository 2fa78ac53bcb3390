from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.leads import CustomerFacts, CustomerRegistered
from tests.opportunities.deals.sales import Sales


async def test_what_was_done_stands_on_the_deal_s_timeline(sales: Sales) -> None:
    deal = await sales.open()

    logged = await sales.log(deal["id"], "visit", text="Saw the old pump")

    assert logged.status_code == 201, logged.text
    timeline = await sales.ask(sales.anna, "GET", f"/opportunities/{deal['id']}/timeline")
    assert [(entry["kind"], entry["text"]) for entry in timeline.json()["items"]] == [
        ("visit", "Saw the old pump"),
        ("opened", ""),
    ]
    assert (await sales.show(deal["id"])).json()["last_activity_at"] is not None


async def test_words_never_leave_in_events(sales: Sales) -> None:
    deal = await sales.open()

    await sales.log(
        deal["id"],
        "call",
        text="Mobile 13800000000",
        next_step="Ring 13800000000",
        next_step_on=await sales.soon(),
    )

    told = await sales.events()
    assert "activity.logged.v1" in {event.type for event in told}
    assert not [event for event in told if b"13800000000" in event.payload]


async def test_what_an_activity_says_comes_next_comes_next_for_its_deal(sales: Sales) -> None:
    deal = await sales.open()
    day = await sales.soon()

    await sales.log(deal["id"], "call", next_step="Send the quote", next_step_on=day)

    shown = (await sales.show(deal["id"])).json()
    assert (shown["next_step"], shown["next_step_on"]) == ("Send the quote", day)


async def test_a_closed_deal_can_be_cared_for_but_has_no_next_step(sales: Sales) -> None:
    deal = await sales.open()
    await sales.close(deal["id"], "lost", "价格")

    care = await sales.log(deal["id"], "call")
    planned = await sales.log(
        deal["id"], "call", next_step="Ask again", next_step_on=await sales.soon()
    )

    assert (care.status_code, planned.status_code) == (201, 409)


async def test_nothing_is_logged_about_what_one_may_not_see(sales: Sales) -> None:
    deal = await sales.open()
    known = {"subject_kind": "opportunity", "subject_id": deal["id"], "kind": "call"}
    unknown = {"subject_kind": "lead", "subject_id": str(uuid4()), "kind": "call"}

    answers = [
        await sales.ask(sales.ben, "POST", "/activities", known),
        await sales.ask(sales.anna, "POST", "/activities", unknown),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_activities_are_listed_for_those_who_see_the_subject(sales: Sales) -> None:
    body = {"subject_kind": "customer", "subject_id": str(sales.customer), "kind": "chat"}
    assert (await sales.ask(sales.anna, "POST", "/activities", body)).status_code == 201
    path = f"/activities?subject_kind=customer&subject_id={sales.customer}"

    seen = {
        who.username: len((await sales.ask(who, "GET", path)).json()["items"])
        for who in (sales.anna, sales.lea, sales.ben)
    }

    assert seen == {"anna": 1, "lea": 1, "ben": 0}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"next_step": "Call"}, 422),
        ({"next_step_on": "2099-01-01"}, 422),
        ({"next_step": "Call", "next_step_on": "2020-01-01"}, 409),
        ({"kind": "telepathy"}, 422),
        ({"done_at": "2026-01-01T00:00:00"}, 422),
    ],
    ids=[
        "a next step without a day",
        "a day without a next step",
        "a next step in the past",
        "an unknown kind",
        "a time without a zone",
    ],
)
async def test_activities_that_are_refused(
    sales: Sales, changes: dict[str, Any], status: int
) -> None:
    deal = await sales.open()

    answer = await sales.log(deal["id"], **{"kind": "call"} | changes)

    assert answer.status_code == status, answer.text


async def test_an_activity_is_not_done_tomorrow(sales: Sales) -> None:
    deal = await sales.open()
    tomorrow = (await sales.now() + timedelta(days=1)).isoformat()

    answer = await sales.log(deal["id"], "call", done_at=tomorrow)

    assert answer.status_code == 409


async def test_the_owner_s_first_activity_is_their_response(sales: Sales) -> None:
    deal = await sales.open()
    database = sales.world["opportunities"].database

    async def responded() -> bool:
        async with database.tx() as tx:
            return await tx.fetchval(
                "SELECT responded_at IS NOT NULL FROM ownership WHERE subject_id = $1::text::uuid",
                deal["id"],
            )

    body = {"subject_kind": "opportunity", "subject_id": deal["id"], "kind": "note"}
    await sales.ask(sales.lea, "POST", "/activities", body)
    by_lead = await responded()
    await sales.ask(sales.anna, "POST", "/activities", body)

    assert (by_lead, await responded()) == (False, True)


async def test_a_customer_that_nobody_has_belongs_to_the_enterprise(sales: Sales) -> None:
    registered = CustomerRegistered(
        customer_id=uuid4(),
        facts=CustomerFacts(name="华东泵业"),
        registered_at=await sales.now(),
        history=True,
    )
    await sales.hear((registered, 1))
    body = {"subject_kind": "customer", "subject_id": str(registered.customer_id), "kind": "call"}

    answers = [
        await sales.ask(who, "POST", "/activities", body) for who in (sales.anna, sales.olga)
    ]
    opened = await sales.open(sales.olga, customer_id=str(registered.customer_id))

    assert [answer.status_code for answer in answers] == [404, 201]
    assert opened["customer_name"] == "华东泵业"
