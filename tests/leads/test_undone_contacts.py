"""An import of contacts is taken back: who it made goes, who it changed is as before, who is used stays."""

import pytest

from tests.leads.office import Office
from tests.leads.test_contact_files import (
    ACME,
    BETA,
    HAN,
    HAN_ID,
    LI,
    LI_ID,
    contacts_in,
    shown,
)
from tests.leads.test_imports import CUSTOMERS, counts, sheet, take_in
from tests.leads.test_undone_imports import undo, undone


@pytest.fixture
async def customers(office: Office) -> Office:
    await take_in(office, "customers", sheet(ACME, BETA), CUSTOMERS)
    return office


async def listed(office: Office) -> int:
    return len((await office.olga.get("/contacts")).json()["items"])


async def test_people_whom_a_file_brought_go_with_it_and_come_back_with_it(customers: Office):
    run = await contacts_in(customers, LI, HAN)

    taken_back = await undo(customers, run)
    gone = await listed(customers)
    again = await contacts_in(customers, LI, HAN)

    assert (undone(taken_back), gone) == ({"withdrawn": 2}, 0)
    assert counts(again) == {"updated": 2}
    assert await listed(customers) == 2
    assert await customers.said(LI_ID) == [
        "contact.added.v1",
        "contact.withdrawn.v1",
        "contact.reinstated.v1",
    ]
    assert (await shown(customers, LI_ID))["name"] == "李雷"


async def test_somebody_whom_a_file_corrected_is_as_before(customers: Office):
    await contacts_in(customers, LI)
    run = await contacts_in(customers, {**LI, "name": "李磊", "attributes.floor": "9"})

    taken_back = await undo(customers, run)

    li = await shown(customers, LI_ID)
    assert undone(taken_back) == {"restored": 1}
    assert (li["name"], li["attributes"]["floor"]) == ("李雷", 7)


async def test_somebody_whom_somebody_has_corrected_since_stays(customers: Office):
    run = await contacts_in(customers, LI, HAN)
    await contacts_in(customers, {**LI, "name": "李磊"})

    taken_back = await undo(customers, run)

    assert undone(taken_back) == {"withdrawn": 1, "rejected": 1}
    assert (await shown(customers, LI_ID))["name"] == "李磊"
    named = (await customers.olga.get(f"/imports/{taken_back['id']}/errors")).text
    assert "they have changed since" in named


async def test_nothing_of_an_erased_person_is_kept_for_an_undoing(customers: Office):
    await contacts_in(customers, HAN)
    await contacts_in(customers, {**HAN, "name": "韩大梅"})

    body = {"subject_kind": "contact", "subject_id": str(HAN_ID), "reason": "requested"}
    answer = await customers.olga.send("POST", "/erasures", body)

    assert answer.status_code < 300, answer.text
    async with customers.world["leads"].database.tx() as tx:
        left = await tx.fetchval("SELECT count(*) FROM import_trace WHERE subject_id = $1", HAN_ID)
    assert left == 0
