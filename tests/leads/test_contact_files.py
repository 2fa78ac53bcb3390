"""Contacts come in from files and go out in them: once each, sealed, and for customers that are here."""

import asyncio
import base64
from typing import Any
from uuid import UUID

import pytest

from shared.ids import external_id
from tests.leads import make
from tests.leads.office import Caller, Json, Office
from tests.leads.test_exports import exported, read
from tests.leads.test_imports import CUSTOMERS, counts, sheet, take_in

CONTACTS = "kind: contacts\nsystem: crm\n"
ACME = {"external_id": "Acme", "name": "Acme 机械有限公司"}
BETA = {"external_id": "Beta", "name": "Betatech"}
LI = {
    "external_id": "C1",
    "customer": "Acme",
    "name": "李雷",
    "phone": "138 1234 1234",
    "mail": "lilei@x.com",
    "role": "采购",
    "notes": "=1+1",
    "attributes.floor": "7",
    "attributes.wechat": "lilei88",
}
HAN = {**dict.fromkeys(LI, ""), "external_id": "C2", "customer": "Beta", "name": "韩梅梅"}
LI_ID, HAN_ID = (external_id("contact", "crm", number) for number in ("C1", "C2"))
ACME_ID, BETA_ID = (external_id("customer", "crm", name) for name in ("Acme", "Beta"))


async def contacts_in(office: Office, *rows: dict[str, str], mapping: str = CONTACTS) -> Json:
    return await take_in(office, "contacts", sheet(*rows), mapping)


@pytest.fixture
async def customers(office: Office) -> Office:
    await take_in(office, "customers", sheet(ACME, BETA), CUSTOMERS)
    return office


async def shown(office: Office, contact_id: UUID) -> Json:
    answer = await office.olga.get(f"/contacts/{contact_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_people_are_taken_in_for_their_customers_once(customers: Office):
    first = await contacts_in(customers, LI, HAN)
    again = await contacts_in(customers, LI, HAN)

    assert (counts(first), counts(again)) == ({"created": 2}, {"unchanged": 2})
    li = await shown(customers, LI_ID)
    assert (li["name"], li["customer_id"]) == ("李雷", str(ACME_ID))
    assert li["organisations"] == [{"customer_id": str(ACME_ID), "role": "采购"}]
    assert li["attributes"]["floor"] == 7
    assert await customers.said(LI_ID) == ["contact.added.v1"]


async def test_a_row_that_says_something_new_corrects_and_a_blank_cell_says_nothing(
    customers: Office,
):
    await contacts_in(customers, LI)

    run = await contacts_in(
        customers, {**LI, "phone": "", "mail": "li@acme.com", "role": "厂长", "customer": "Beta"}
    )

    assert counts(run) == {"updated": 1}
    [line] = read(await exported(customers.olga, "contacts", reveal="true", purpose="核对"))
    assert (line["phone"], line["mail"]) == ("+8613812341234", "li@acme.com")
    served = {
        one["customer_id"]: one["role"] for one in (await shown(customers, LI_ID))["organisations"]
    }
    assert served == {str(ACME_ID): "采购", str(BETA_ID): "厂长"}


async def test_what_cannot_be_taken_in_is_named(customers: Office):
    run = await contacts_in(
        customers,
        {**LI, "customer": "Nobody"},
        {**HAN, "phone": "12"},
        {**HAN, "external_id": "C3", "customer": ""},
    )

    assert counts(run) == {"rejected": 3}
    errors = read((await customers.olga.get(f"/imports/{run['id']}/errors")).content)
    assert [line["field"] for line in errors] == ["customer", "phone", "customer"]


async def test_somebody_who_speaks_there_already_is_not_added_twice(customers: Office):
    known = await customers.olga.send(
        "POST", "/contacts", {"customer_id": str(ACME_ID), "name": "Li", "phone": "13812341234"}
    )

    run = await contacts_in(customers, LI)

    assert counts(run) == {"duplicate": 1}
    page = (await customers.olga.get("/contacts", customer_id=str(ACME_ID))).json()["items"]
    assert [one["id"] for one in page] == [known.json()["id"]]


async def test_the_same_file_twice_at_once_makes_each_person_once(customers: Office):
    async def send() -> None:
        await customers.olga.send(
            "POST",
            "/imports/contacts",
            content=sheet(LI, HAN),
            headers={
                "Content-Type": "application/octet-stream",
                "Import-Mapping": base64.b64encode(CONTACTS.encode()).decode(),
            },
        )

    await asyncio.gather(send(), send())
    await customers.world.advance()

    assert [lead["id"] for lead in await customers.rows("SELECT id FROM contact ORDER BY id")] == (
        sorted([LI_ID, HAN_ID])
    )


async def test_history_is_marked_as_such(customers: Office):
    await contacts_in(customers, LI, mapping=CONTACTS + "history: true\n")

    await customers.world.settle()

    [added] = customers.world.log.events("contact.added.v1")
    assert b'"history":true' in added.payload


async def test_nothing_of_a_person_lies_open_in_the_database(customers: Office):
    await contacts_in(customers, LI)

    stored = str(await customers.rows("SELECT * FROM contact"))

    assert not any(secret in stored for secret in ("李雷", "1381234", "lilei"))


async def test_a_person_who_was_erased_does_not_come_back_under_the_same_id(customers: Office):
    await contacts_in(customers, LI)
    erased = await customers.olga.send(
        "POST",
        "/erasures",
        {"subject_kind": "contact", "subject_id": str(LI_ID), "reason": "requested"},
    )
    await customers.world.advance()

    run = await contacts_in(customers, {**LI, "notes": "new"})

    assert (erased.status_code, counts(run)) == (202, {"rejected": 1})


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("reveal", [False, True])
async def test_contacts_that_went_out_change_nothing_when_they_come_in(
    customers: Office, form: str, reveal: bool
):
    await contacts_in(customers, LI, HAN)
    said = await customers.said()
    why: dict[str, Any] = {"reveal": "true", "purpose": "年度核对"} if reveal else {}

    file = await exported(customers.olga, "contacts", format=form, **why)
    run = await take_in(customers, "contacts", file, "{}")

    assert counts(run) == {"unchanged": 2}
    assert await customers.said() == said


async def test_phones_go_out_only_to_those_who_may_know_them(customers: Office):
    await contacts_in(customers, LI)

    [line] = read(await exported(customers.olga, "contacts"))
    refused = await customers.olga.get("/exports/contacts", reveal="true")
    others = read(await exported(customers.anna, "contacts"))

    assert (line["phone"], line["contact.masked_phone"]) == ("", "138****1234")
    assert (line["contact.customer_name"], line["role"]) == ("Acme 机械有限公司", "采购")
    assert "attributes.wechat" not in line or line["attributes.wechat"] == ""
    assert refused.status_code == 422
    assert others == []
    noted = await customers.rows("SELECT actor_id FROM audit WHERE action = 'contacts.exported'")
    assert {row["actor_id"] for row in noted} == {customers.olga.id, customers.anna.id}


async def test_a_changed_cell_corrects_its_contact_for_those_who_may_see_it(customers: Office):
    await contacts_in(customers, LI)
    [line] = read(await exported(customers.olga, "contacts"))
    manager = Caller(
        customers.world, make.staff("Mei", unit_id=customers.first.unit_id, role="manager")
    )
    await customers.hear(manager.person)

    sent = await manager.send(
        "POST",
        "/imports/contacts",
        content=sheet(line | {"role": "总经理"}),
        headers={"Content-Type": "application/octet-stream"},
    )
    await customers.world.advance()
    refused = (await manager.get(f"/imports/{sent.json()['id']}")).json()
    run = await take_in(customers, "contacts", sheet(line | {"role": "总经理"}), "{}")

    assert (counts(refused), counts(run)) == ({"rejected": 1}, {"updated": 1})
    assert (await shown(customers, LI_ID))["organisations"][0]["role"] == "总经理"
