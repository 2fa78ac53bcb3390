"""An import of customers is taken back: what it made goes, what it changed is as before, what is used stays."""

from uuid import UUID

from shared.ids import external_id
from tests.leads.office import Json, Office
from tests.leads.test_exports import exported
from tests.leads.test_imports import CUSTOMERS, counts, sheet, take_in
from tests.leads.test_undone_imports import undo, undone

ACME = {"external_id": "A", "name": "Acme 机械有限公司", "industry": "机械"}
BETA = {"external_id": "B", "name": "Beta 电机有限公司", "industry": "电机"}
ACME_ID, BETA_ID = (external_id("customer", "crm", number) for number in "AB")


async def imported(office: Office, *rows: dict[str, str]) -> Json:
    return await take_in(office, "customers", sheet(*rows), CUSTOMERS)


async def names(office: Office) -> set[str]:
    return {line["name"] for line in (await office.olga.get("/customers")).json()["items"]}


async def test_customers_that_a_file_made_are_withdrawn_with_it_and_come_back_with_it(
    office: Office,
):
    run = await imported(office, ACME, BETA)

    taken_back = await undo(office, run)
    gone = await names(office)
    again = await imported(office, ACME, BETA)

    assert (undone(taken_back), gone) == ({"withdrawn": 2}, set())
    assert (await office.said(ACME_ID))[1] == "customer.withdrawn.v1"
    assert counts(again) == {"updated": 2}
    assert await names(office) == {ACME["name"], BETA["name"]}


async def test_a_customer_that_a_file_corrected_is_as_it_was_before(office: Office):
    await imported(office, ACME)
    run = await imported(office, {**ACME, "industry": "能源"})

    taken_back = await undo(office, run)

    shown = (await office.olga.get(f"/customers/{ACME_ID}")).json()
    assert (undone(taken_back), shown["industry"]) == ({"restored": 1}, "机械")


async def test_a_correction_that_somebody_has_corrected_again_stays(office: Office):
    await imported(office, ACME)
    run = await imported(office, {**ACME, "industry": "能源"})
    await imported(office, {**ACME, "industry": "水务"})

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"rejected": 1}
    assert (await office.olga.get(f"/customers/{ACME_ID}")).json()["industry"] == "水务"


async def test_a_customer_for_whom_somebody_speaks_stays_and_is_named(office: Office):
    run = await imported(office, ACME, BETA)
    contact = {"external_id": "1", "customer": "A", "name": "李雷", "phone": "13812341234"}
    await take_in(office, "contacts", sheet(contact), "kind: contacts\nsystem: crm\n")

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"withdrawn": 1, "rejected": 1}
    assert await names(office) == {ACME["name"]}
    named = (await office.olga.get(f"/imports/{taken_back['id']}/errors")).text
    assert "belongs to it" in named


async def test_a_name_that_led_to_a_withdrawn_customer_leads_to_nobody(office: Office):
    run = await imported(office, ACME)

    await undo(office, run)
    again = await imported(office, {**ACME, "external_id": "C"})

    assert counts(again) == {"created": 1}
    assert await names(office) == {ACME["name"]}


async def test_a_dry_run_counts_beforehand_and_twice_is_once(office: Office):
    run = await imported(office, ACME)

    before = await undo(office, run, dry_run="true")
    first, second = await undo(office, run), await undo(office, run)

    assert undone(before) == undone(first) == {"withdrawn": 1}
    assert second["id"] == first["id"]


async def test_a_corrected_export_is_taken_back_too(office: Office):
    await imported(office, ACME)
    file = await exported(office.olga, "customers")
    run = await take_in(office, "customers", file.replace("机械,".encode(), "能源,".encode()), "{}")

    taken_back = await undo(office, run)

    shown = (await office.olga.get(f"/customers/{UUID(str(ACME_ID))}")).json()
    assert (counts(run), undone(taken_back)) == ({"updated": 1}, {"restored": 1})
    assert shown["industry"] == "机械"
