"""Customers are registered by hand, and follow their owners."""

from typing import Any
from uuid import UUID

from shared.contracts.opportunities import CustomerLineAssigned, CustomerLineReleased
from shared.ids import new_id
from tests.leads import make
from tests.leads.office import Office


async def test_a_customer_is_registered_and_announced(office: Office):
    answer = await office.anna.send(
        "POST", "/customers", {"name": "Acme有限公司", "industry": "机械", "region": "浙江"}
    )

    assert answer.status_code == 201, answer.text
    shown = await office.anna.get(f"/customers/{answer.json()['id']}")
    assert shown.json() == answer.json()
    assert shown.headers["ETag"] == '"1"'
    assert await office.said(UUID(answer.json()["id"])) == ["customer.registered.v1"]


async def test_a_company_is_registered_once(office: Office):
    first = await office.anna.send("POST", "/customers", {"name": "Acme有限公司"})

    again = await office.dan.send("POST", "/customers", {"name": "ACME"})

    assert (again.status_code, again.json()["type"]) == (409, "/problems/customer-already-known")
    assert again.json()["customer_id"] == first.json()["id"]


async def test_a_record_of_another_system_is_registered_once(office: Office):
    external = {"system": "crm", "id": "7"}
    await office.olga.send("POST", "/customers", {"name": "Acme", "external": external})

    again = await office.olga.send("POST", "/customers", {"name": "Other", "external": external})

    assert (again.status_code, again.json()["type"]) == (409, "/problems/customer-already-known")


async def test_customers_and_contacts_are_listed_to_whoever_may_see_them(office: Office):
    lead_id = await office.anna.captured(
        name="李雷", phone="13812341234", company_name="Acme", industry="机械"
    )
    made = (await office.anna.send("POST", f"/leads/{lead_id}/convert", {})).json()

    for caller, seen in ((office.anna, 1), (office.chen, 1), (office.dan, 0), (office.olga, 1)):
        customers = (await caller.get("/customers", industry="机械")).json()["items"]
        contacts = (await caller.get("/contacts")).json()["items"]
        assert (len(customers), len(contacts)) == (seen, seen)
    assert (await office.dan.get(f"/customers/{made['customer_id']}")).status_code == 404
    assert (await office.dan.get(f"/contacts/{made['contact_id']}")).status_code == 404


async def test_a_customer_s_contacts_go_with_it_to_its_new_owner(office: Office):
    lead_id = await office.anna.captured(name="李雷", phone="13812341234", company_name="Acme")
    made = (await office.anna.send("POST", f"/leads/{lead_id}/convert", {})).json()

    await office.hear(
        make.assigned(
            UUID(made["customer_id"]),
            owner_id=office.dan.id,
            unit_id=office.second.unit_id,
            kind="customer",
        )
    )

    contact = (await office.dan.get(f"/contacts/{made['contact_id']}")).json()
    assert (contact["owner_id"], contact["masked"]) == (str(office.dan.id), False)
    assert (await office.anna.get(f"/contacts/{made['contact_id']}")).status_code == 404


async def test_whoever_answers_for_a_product_line_sees_the_customer(office: Office):
    customer = (await office.anna.send("POST", "/customers", {"name": "Acme"})).json()
    line: dict[str, Any] = {
        "customer_line_id": new_id(),
        "customer_id": UUID(customer["id"]),
        "product_line": "泵",
    }
    given = CustomerLineAssigned(
        **line,
        owner_id=office.dan.id,
        unit_id=office.second.unit_id,
        assigned_by=None,
        assigned_at=make.NOW,
    )
    released = CustomerLineReleased(
        **line, previous_owner_id=office.dan.id, released_by=None, released_at=make.NOW
    )

    seen = []
    for event in (given, released):
        await office.hear(event)
        shown = await office.dan.get(f"/customers/{customer['id']}")
        listed = (await office.dan.get("/customers")).json()["items"]
        seen.append((shown.status_code, len(listed)))

    assert seen == [(200, 1), (404, 0)]
