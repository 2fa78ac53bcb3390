"""Leads that are not ready yet: their plan begins by itself, is worked through, and ends when they are."""

from datetime import timedelta
from uuid import UUID, uuid4

from shared.contracts.opportunities import ActivityLogged
from tests.leads import make
from tests.leads.office import Caller, Json, Office

DAY = timedelta(days=1)


async def touches(caller: Caller, *, within_days: int = 0) -> list[Json]:
    """What this person has to do."""
    return (await caller.get("/nurture/touches", within_days=within_days)).json()["items"]


async def owned(office: Office, lead_id: UUID) -> UUID:
    """A lead that is Anna's."""
    unit_id = office.first.unit_id
    await office.hear(make.assigned(lead_id, owner_id=office.anna.id, unit_id=unit_id))
    return lead_id


async def test_a_lead_below_the_threshold_gets_a_plan_with_dates(office: Office):
    lead_id = await owned(office, await office.anna.captured(name="李雷"))

    await office.world.advance()

    [touch] = await touches(office.anna, within_days=8)
    assert (touch["lead_id"], touch["by"], touch["step"], touch["steps"]) == (
        str(lead_id),
        "mail",
        1,
        3,
    )
    assert await touches(office.anna) == []
    assert await touches(office.dan, within_days=8) == []


async def test_a_touch_that_is_due_is_announced_once(office: Office):
    lead_id = await owned(office, await office.anna.captured(name="李雷"))
    await office.world.advance()

    await office.world.advance(8 * DAY)
    await office.world.advance(1 * DAY)

    assert (await office.said(lead_id)).count("lead.touch_due.v1") == 1
    [touch] = await touches(office.anna)
    assert touch["lead_id"] == str(lead_id)


async def test_a_touch_that_was_made_makes_room_for_the_next(office: Office):
    lead_id = await owned(office, await office.anna.captured(name="李雷"))
    await office.world.advance()

    made = await office.anna.send("POST", f"/leads/{lead_id}/touches")

    [touch] = await touches(office.anna, within_days=31)
    assert made.status_code == 204
    assert (touch["step"], touch["by"]) == (2, "call")


async def test_whoever_speaks_with_a_lead_has_made_its_touch(office: Office):
    lead_id = await owned(office, await office.anna.captured(name="李雷"))
    await office.world.advance()
    [row] = await office.rows("SELECT began_at FROM nurture")

    await office.hear(
        ActivityLogged(
            activity_id=uuid4(),
            subject_kind="lead",
            subject_id=lead_id,
            kind="call",
            done_by=office.anna.id,
            unit_id=office.first.unit_id,
            done_at=row["began_at"] + DAY,
        )
    )

    [touch] = await touches(office.anna, within_days=31)
    assert touch["step"] == 2


async def test_a_lead_that_acts_and_is_ready_needs_no_plan(office: Office):
    lead_id = await owned(office, await office.anna.captured(name="李雷", phone="13812341234"))
    await office.world.advance()

    await office.anna.captured(
        phone="13812341234",
        company_name="Acme",
        attributes={"total_visits": 9, "seconds_on_site": 900},
    )
    await office.world.advance()

    assert (await office.anna.lead(lead_id))["grade"] != "C"
    assert await touches(office.anna, within_days=100) == []
    refused = await office.anna.send("POST", f"/leads/{lead_id}/touches")
    assert refused.json()["type"] == "/problems/nothing-planned"
