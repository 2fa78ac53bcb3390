"""A lead becomes customer, contact and deal: all of it, once."""

import asyncio
from uuid import UUID, uuid4

import pytest

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
