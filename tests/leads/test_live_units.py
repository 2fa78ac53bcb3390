"""History is taken in for a unit until it goes live, and not a row of it afterwards."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.contracts.base import Event
from shared.ids import external_id
from tests.leads import make
from tests.leads.make import NOW
from tests.leads.office import Office
from tests.leads.test_imports import CUSTOMERS, HISTORY, LIVE, counts, sheet, take_in

IN_FIRST = {"external_id": "1", "name": "李雷", "unit": "一队"}
IN_SECOND = {"external_id": "2", "name": "韩梅梅", "unit": "二队"}


async def go_live(office: Office, unit: Event) -> None:
    await office.hear(unit.model_copy(update={"live_since": NOW - timedelta(days=1)}))


async def test_units_are_named_by_their_rows(office: Office):
    run = await take_in(office, "leads", sheet(IN_FIRST, IN_SECOND), HISTORY)

    assert counts(run) == {"created": 2}
    lead = await office.olga.lead(external_id("lead", "crm", "1"))
    assert lead["unit_id"] == str(office.first.unit_id)


async def test_a_unit_that_nobody_knows_is_named_in_the_error(office: Office):
    run = await take_in(office, "leads", sheet({**IN_FIRST, "unit": "三队"}), HISTORY)

    assert counts(run) == {"rejected": 1}
    errors = (await office.olga.get(f"/imports/{run['id']}/errors")).text
    assert "no single unit is called 三队" in errors


async def test_history_of_a_unit_that_is_live_is_refused_row_by_row(office: Office):
    await go_live(office, office.first)

    run = await take_in(office, "leads", sheet(IN_FIRST, IN_SECOND), HISTORY)

    assert counts(run) == {"created": 1, "rejected": 1}
    errors = (await office.olga.get(f"/imports/{run['id']}/errors")).text
    assert "its unit is live since 2026-" in errors
    assert "李雷" in errors


async def test_everything_below_a_live_unit_is_live(office: Office):
    enterprise = make.unit("远东", unit_id=make.UNIT, kind="enterprise")
    await go_live(office, enterprise)

    run = await take_in(office, "leads", sheet(IN_SECOND), HISTORY)

    assert counts(run) == {"rejected": 1}


async def test_a_row_that_says_nothing_new_is_still_no_error(office: Office):
    await take_in(office, "leads", sheet(IN_FIRST), HISTORY)
    await go_live(office, office.first)

    again = await take_in(office, "leads", sheet(IN_FIRST), HISTORY)

    assert counts(again) == {"unchanged": 1}


async def test_a_lead_that_a_live_unit_holds_by_now_is_not_overwritten(office: Office):
    await take_in(office, "leads", sheet(IN_SECOND), HISTORY)
    lead_id = external_id("lead", "crm", "2")
    await office.hear(make.assigned(lead_id, owner_id=office.anna.id, unit_id=office.first.unit_id))
    await go_live(office, office.first)

    run = await take_in(office, "leads", sheet({**IN_SECOND, "name": "改"}), HISTORY)

    assert counts(run) == {"rejected": 1}


async def test_what_is_no_history_goes_on(office: Office):
    await go_live(office, office.first)

    run = await take_in(office, "leads", sheet(IN_FIRST), LIVE)

    assert counts(run) == {"created": 1}


async def test_customers_follow_the_same_rule(office: Office):
    history = CUSTOMERS + "history: true\n"
    acme = {"external_id": "Acme", "name": "Acme", "unit": "一队", "industry": ""}
    await take_in(office, "customers", sheet(acme), history)
    await go_live(office, office.first)

    same = await take_in(office, "customers", sheet(acme), history)
    changed = await take_in(office, "customers", sheet({**acme, "industry": "steel"}), history)

    assert (counts(same), counts(changed)) == ({"unchanged": 1}, {"rejected": 1})


async def compared(office: Office, *totals: dict[str, Any]) -> dict[str, Any]:
    answer = await office.olga.send("POST", "/migrations/crm/comparison", {"totals": totals})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_came_is_compared_with_what_the_old_system_says(office: Office):
    await take_in(
        office,
        "leads",
        sheet(
            {**IN_FIRST, "phone": "13812341234", "outcome": "converted"},
            {**IN_SECOND, "phone": "", "outcome": "not_converted"},
            {"external_id": "3", "name": "同", "phone": "13812341234", "outcome": "", "unit": ""},
        ),
        HISTORY,
    )

    report = await compared(
        office,
        {"kind": "leads", "count": 3},
        {"kind": "leads", "by": "outcome", "value": "converted", "count": 3},
    )

    whole, converted, other = report["lines"]
    assert (whole["there"]["count"], whole["here"]["count"], whole["equal"]) == (3, 3, True)
    assert (converted["here"]["count"], converted["count_difference"]) == (2, -1)
    assert (other["value"], other["there"], other["count_difference"]) == ("not_converted", None, 1)
    assert report["equal"] is False
    assert len(await office.rows("SELECT FROM audit WHERE action = 'migration_compared'")) == 1


async def test_what_cannot_be_compared_says_what_can(office: Office):
    totals = [{"kind": "leads", "by": "colour", "count": 1}]

    refused = await office.olga.send("POST", "/migrations/crm/comparison", {"totals": totals})

    assert refused.status_code == 422
    assert "outcome" in refused.json()["known"]["leads"]


async def test_files_of_one_migration_are_listed_together(office: Office):
    sent = await office.olga.send(
        "POST",
        "/imports/leads?migration=2026",
        content=sheet({"external_id": "1", "name": "李雷"}),
        headers={"Content-Type": "application/octet-stream"},
    )
    await take_in(office, "leads", sheet({"external_id": "2", "name": "韩"}))

    listed = (await office.olga.get("/imports", migration="2026")).json()["items"]

    assert [UUID(run["id"]) for run in listed] == [UUID(sent.json()["id"])]
