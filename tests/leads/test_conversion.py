"""A lead becomes customer, contact and deal: all of it, once."""

import asyncio
from typing import Any, Literal
from uuid import UUID, uuid4

import orjson
import pytest

from tests.leads import make
from tests.leads.office import Office

MOBILE = "13812341234"
DEAL = {"deal": {"amount": "120000.50", "currency": "CNY", "expected_close_on": "2026-06-30"}}


async def test_a_lead_becomes_customer_contact_and_deal(office: Office):
    lead_id = await office.anna.captured(
        name="李雷", phone=MOBILE, company_name="Acme有限公司", source="baidu"
    )

    answer = await office.anna.send("POST", f"/leads/{lead_id}/convert", DEAL)

    assert answer.status_code == 201, answer.text
    made = {name: UUID(value) for name, value in answer.json().items()}
    assert made["lead_id"] == lead_id
    customer = (await office.anna.get(f"/customers/{made['customer_id']}")).json()
    contact = (await office.anna.get(f"/contacts/{made['contact_id']}")).json()
    assert (customer["name"], customer["owner_id"]) == ("Acme有限公司", str(office.anna.id))
    assert (contact["name"], contact["phone"]) == ("李雷", f"+86{MOBILE}")
    assert (await office.said(lead_id))[-1] == "lead.converted.v1"
    assert await office.said(made["customer_id"]) == ["customer.registered.v1"]
    assert await office.said(made["contact_id"]) == ["contact.added.v1"]


async def test_a_lead_without_a_deal_becomes_a_customer_only(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    made = (await office.anna.send("POST", f"/leads/{lead_id}/convert", {})).json()

    assert (made["contact_id"], made["opportunity_id"]) == (None, None)
    assert (await office.anna.lead(lead_id))["outcome"] == "converted"


async def test_a_lead_is_converted_once(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    first = (await office.anna.send("POST", f"/leads/{lead_id}/convert", {})).json()

    again = await office.anna.send("POST", f"/leads/{lead_id}/convert", {})

    problem = again.json()
    assert (again.status_code, problem["type"]) == (409, "/problems/already-converted")
    assert problem["customer_id"] == first["customer_id"]


async def test_a_lead_that_is_converted_twice_at_once_is_converted_once(office: Office):
    lead_id = await office.anna.captured(company_name="Acme", phone=MOBILE)

    answers = await asyncio.gather(
        *(office.anna.send("POST", f"/leads/{lead_id}/convert", DEAL) for _ in range(5))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert (await office.said(lead_id)).count("lead.converted.v1") == 1


async def test_leads_of_one_company_become_one_customer_also_at_once(office: Office):
    leads = [
        await office.anna.captured(company_name=name, phone=f"1380000000{number}")
        for number, name in enumerate(("华为技术有限公司", "华为技术", "华为技术有限责任公司"))
    ]

    answers = await asyncio.gather(
        *(office.anna.send("POST", f"/leads/{lead_id}/convert", {}) for lead_id in leads)
    )

    assert len({answer.json()["customer_id"] for answer in answers}) == 1
    assert len({answer.json()["contact_id"] for answer in answers}) == 3


async def test_a_person_who_comes_by_another_lead_is_the_same_contact(office: Office):
    first = await office.anna.captured(company_name="Acme", mail="lilei@x.com")
    before = (await office.anna.send("POST", f"/leads/{first}/convert", {})).json()
    await office.anna.send("PATCH", f"/leads/{first}", {"mail": ""}, headers={"If-Match": "*"})
    second = await office.anna.captured(company_name="Acme", mail="lilei@x.com")

    after = (await office.anna.send("POST", f"/leads/{second}/convert", {})).json()

    assert second != first
    assert after["contact_id"] == before["contact_id"]


async def test_the_customer_may_be_named_by_whoever_converts(office: Office):
    nameless = await office.anna.captured(name="李雷")

    refused = await office.anna.send("POST", f"/leads/{nameless}/convert", {})
    named = await office.anna.send("POST", f"/leads/{nameless}/convert", {"customer_name": "Acme"})

    assert refused.json()["type"] == "/problems/company-name-missing"
    assert named.status_code == 201


async def test_a_customer_one_may_not_see_cannot_be_chosen(office: Office):
    theirs = await office.dan.send("POST", "/customers", {"name": "Acme"})
    lead_id = await office.anna.captured(name="李雷")

    refused = await office.anna.send(
        "POST", f"/leads/{lead_id}/convert", {"customer_id": theirs.json()["id"]}
    )

    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/customer-not-found")
    assert (await office.anna.lead(lead_id))["state"] == "open"


@pytest.mark.parametrize(
    ("caller", "status"),
    [("anna", 201), ("chen", 201), ("ben", 404), ("dan", 404), ("olga", 403)],
    ids=["owner", "who leads her", "a colleague", "another team", "an operator"],
)
async def test_the_owner_and_who_leads_them_convert(office: Office, caller: str, status: int):
    lead_id = await office.anna.captured(company_name="Acme")

    answer = await getattr(office, caller).send("POST", f"/leads/{lead_id}/convert", {})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "deal",
    [
        {"amount": "-1"},
        {"amount": "1.234"},
        {"amount": "a lot"},
        {"amount": "1", "currency": "yuan"},
        {"amount": "1", "expected_close_on": "2026-02-30"},
    ],
    ids=["negative", "too fine", "no number", "no currency", "no such day"],
)
async def test_a_deal_that_makes_no_sense_converts_nothing(office: Office, deal: dict[str, str]):
    lead_id = await office.anna.captured(company_name="Acme")

    refused = await office.anna.send("POST", f"/leads/{lead_id}/convert", {"deal": deal})

    assert refused.status_code == 422
    assert (await office.anna.lead(lead_id))["state"] == "open"


async def test_a_lead_nobody_knows_is_not_converted(office: Office):
    answer = await office.anna.send("POST", f"/leads/{uuid4()}/convert", {})

    assert answer.status_code == 404


async def policy(office: Office, **settings: Any) -> None:
    """Put a conversion policy in force."""
    draft = await office.olga.send(
        "POST", "/configurations/conversion", {"body": {"default": settings}, "why": "test"}
    )
    path = f"/configurations/conversion/{draft.json()['version']}/state"
    for state in ("checked", "activated"):
        answer = await office.olga.send("PUT", path, {"state": state})
        assert answer.status_code == 200, answer.text


async def converted(office: Office, **lead: Any) -> dict[str, Any]:
    """Bring a lead in and convert it."""
    lead_id = await office.anna.captured(**lead)
    answer = await office.anna.send("POST", f"/leads/{lead_id}/convert", {})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_second_lead_of_a_customer_joins_the_deal_that_is_on_its_way(office: Office):
    await policy(office, opportunity="unless_open")

    first = await converted(office, company_name="Acme", phone=MOBILE)
    second = await converted(office, company_name="Acme", phone="13812341235")

    assert first["opportunity_id"] is not None
    assert (second["customer_id"], second["opportunity_id"]) == (first["customer_id"], None)


async def test_two_leads_of_a_customer_converted_at_once_ask_for_one_deal(office: Office):
    await policy(office, opportunity="unless_open")
    leads = [
        await office.anna.captured(company_name="Acme", phone=f"1380000000{number}")
        for number in range(4)
    ]

    answers = await asyncio.gather(
        *(office.anna.send("POST", f"/leads/{lead_id}/convert", {}) for lead_id in leads)
    )

    deals = [answer.json()["opportunity_id"] for answer in answers]
    assert len([deal for deal in deals if deal]) == 1


@pytest.mark.parametrize(("end", "opens"), [("open", False), ("lost", True)])
async def test_only_a_deal_that_is_still_open_stands_for_the_next(
    office: Office, end: str, opens: bool
):
    await policy(office, opportunity="unless_open")
    first = await converted(office, company_name="Acme", phone=MOBILE)
    deal_id = UUID(first["opportunity_id"])
    await office.hear(make.opened(deal_id, customer_id=UUID(first["customer_id"])))
    if end == "lost":
        await office.hear(make.lost(deal_id))

    second = await converted(office, company_name="Acme", phone="13812341235")

    assert (second["opportunity_id"] is not None) is opens


@pytest.mark.parametrize(("status", "opens"), [("open", False), ("won", True)])
async def test_a_deal_that_was_taken_over_counts_like_any_other(
    office: Office, status: Literal["open", "won"], opens: bool
):
    await policy(office, opportunity="unless_open")
    customer = (await office.anna.send("POST", "/customers", {"name": "Acme"})).json()
    await office.hear(make.recorded(uuid4(), customer_id=UUID(customer["id"]), status=status))

    made = await converted(office, company_name="Acme")

    assert (made["opportunity_id"] is not None) is opens


async def test_attributes_go_over_to_the_customer_as_policy_says(office: Office):
    carry = [{"attribute": "headcount", "to": "customer.attributes.employees"}]
    await policy(office, carry=carry)

    made = await converted(office, company_name="Acme", attributes={"headcount": 250})

    customer = (await office.anna.get(f"/customers/{made['customer_id']}")).json()
    assert customer["attributes"] == {"employees": 250}


async def test_custom_fields_go_to_the_deal_but_none_that_tells_who_somebody_is(office: Office):
    carry = [
        {"attribute": "budget_source", "to": "deal.attributes.funding"},
        {"attribute": "site_phone", "to": "deal.attributes.site"},
        {"attribute": "tender_no", "to": "deal.attributes.wechat"},
    ]
    await policy(office, carry=carry, opportunity="always")
    attributes = {"budget_source": "国债", "site_phone": MOBILE, "tender_no": "TN-17"}

    await converted(office, company_name="Acme", attributes=attributes)

    await office.world.settle()
    [said] = office.world.log.events("lead.converted.v1")
    assert orjson.loads(said.payload)["deal"]["attributes"] == {"funding": "国债"}


async def test_many_leads_are_converted_each_for_itself(office: Office):
    good = await office.anna.captured(company_name="Acme", phone=MOBILE)
    nameless = await office.anna.captured(name="李雷")
    foreign = await office.dan.captured(company_name="Other")

    answer = await office.anna.send(
        "POST",
        "/conversions",
        {"lead_ids": [str(good), str(nameless), str(foreign), str(good)], "with_deals": True},
    )

    told = answer.json()
    problems = [line["problem"] and line["problem"]["type"] for line in told["results"]]
    assert (answer.status_code, told["converted"], told["refused"]) == (200, 1, 2)
    assert problems == [None, "/problems/company-name-missing", "/problems/lead-not-found"]
    assert told["results"][0]["converted"]["opportunity_id"] is not None
    assert await office.said(nameless) == ["lead.captured.v1", "lead.scored.v1"]


async def test_the_same_leads_again_are_not_converted_again(office: Office):
    leads = [await office.anna.captured(company_name=f"Acme {number}") for number in range(3)]
    body = {"lead_ids": [str(lead_id) for lead_id in leads]}
    headers = {"Idempotency-Key": "all-three"}

    first = await office.anna.send("POST", "/conversions", body, headers=headers)
    again = await office.anna.send("POST", "/conversions", body, headers=headers)
    anew = await office.anna.send("POST", "/conversions", body)

    assert first.json()["converted"] == 3
    assert again.content == first.content
    assert {line["problem"]["type"] for line in anew.json()["results"]} == {
        "/problems/already-converted"
    }
