from typing import Any

import pytest

from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import House, Json, captured

GULF = {
    "zone": "Asia/Dubai",
    "weekdays": [1, 2, 3, 4, 7],
    "hours": [{"start": "08:00", "end": "16:00"}],
    "country": None,
}


async def days_of(house: House, unit_id: str, **query: Any) -> list[Json]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await house.ask(house.operator, "GET", f"/units/{unit_id}/days?{asked}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_unit_works_by_the_calendar_of_the_nearest_unit_above_that_names_one(house: House):
    await house.configure("calendar:gulf", **GULF)
    abroad = await house.unit("Abroad", calendar="gulf")
    team = await house.unit("Dubai", parent_id=abroad["id"])

    [friday, saturday, sunday] = await days_of(house, team["id"], since="2026-06-12", count=3)
    of_all = await days_of(house, str(ROOT_UNIT), since="2026-06-12", count=3)

    assert [day["works"] for day in (friday, saturday, sunday)] == [False, False, True]
    assert [day["works"] for day in of_all] == [True, False, False]


async def test_an_owner_s_time_to_respond_is_counted_in_the_hours_of_their_unit(house: House):
    await house.configure("calendar:gulf", **GULF)
    await house.person("omar", await house.unit("Dubai", regions=["中东"], calendar="gulf"))
    await house.person("anna", await house.unit("East", regions=["华东"]))

    # Five in the morning in Dubai: four hours of work are over at 14:30 in Shanghai, at noon there.
    await house.world.reach_tuesday_morning()
    await house.hear(captured(region="中东"))
    await house.hear(captured(region="华东"))

    abroad, at_home = await house.said("ownership.assigned.v1")
    assert [event["respond_by"].strftime("%H:%M") for event in (abroad, at_home)] == [
        "08:00",
        "06:30",
    ]


async def test_a_unit_goes_back_to_the_calendar_of_all(house: House):
    await house.configure("calendar:gulf", **GULF)
    team = await house.unit("Dubai", calendar="gulf")

    await house.change(f"/units/{team['id']}", calendar="")

    [friday] = await days_of(house, team["id"], since="2026-06-12", count=1)
    assert friday["works"] is True


async def test_days_whose_make_up_workdays_are_not_announced_yet_say_so(house: House):
    days = await days_of(house, str(ROOT_UNIT), since="2026-02-14", count=1)
    later = await days_of(house, str(ROOT_UNIT), since="2099-02-14", count=1)

    assert (days[0]["works"], days[0]["is_final"]) == (True, True)
    assert later[0]["is_final"] is False


async def test_a_calendar_that_nobody_has_made_is_refused(house: House):
    body = {"name": "Dubai", "kind": "team", "parent_id": str(ROOT_UNIT), "calendar": "gulf"}

    answer = await house.ask(house.operator, "POST", "/units", body)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/calendar-unknown")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"weekdays": []}, id="no working day"),
        pytest.param(
            {"hours": [{"start": "08:00", "end": "12:00"}, {"start": "11:00", "end": "16:00"}]},
            id="hours that overlap",
        ),
        pytest.param({"zone": "Asia/Atlantis"}, id="a zone that is not there"),
    ],
)
async def test_a_calendar_that_makes_no_sense_is_refused(house: House, wrong: Json):
    answer = await house.configure("calendar:gulf", **{**GULF, **wrong})

    assert answer.status_code == 422
