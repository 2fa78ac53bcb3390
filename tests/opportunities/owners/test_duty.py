import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.opportunities.owners.house import House, Json, captured

WAITS = {"rules": [{"name": "by region", "to": "by_region", "off_hours": "wait"}]}


async def absent(house: House, who: Json, by: Json | None = None, **plan: Any) -> httpx.Response:
    """Somebody is out of office for a day, as they say themselves unless somebody else does."""
    async with house.world["opportunities"].database.tx() as tx:
        ends_at = tx.now + timedelta(days=1)
    body = {"starts_at": tx.now.isoformat(), "ends_at": ends_at.isoformat(), **plan}
    path = f"/persons/{who['id']}/absences"
    return await house.ask((by or who)["id"], "POST", path, body)


async def unassigned(house: House) -> list[Json]:
    return (await house.ask(house.operator, "GET", "/unassigned")).json()["items"]


async def test_new_leads_go_to_those_who_are_there_until_the_others_are_back(house: House):
    east = await house.unit("East", regions=["华东"])
    anna, ben = await house.person("anna", east), await house.person("ben", east)

    planned = await absent(house, anna)
    first, second = captured(), captured()
    await house.hear(first, second)
    gone = f"/persons/{anna['id']}/absences/{planned.json()['id']}"
    ended = await house.ask(anna["id"], "DELETE", gone)
    third = captured()
    await house.hear(third)

    assert (planned.status_code, ended.status_code) == (201, 204)
    owners = [await house.owner_of(lead) for lead in (first, second, third)]
    assert owners == [ben["id"], ben["id"], anna["id"]]
    assert len(await house.said("directory.absence_planned.v1")) == 1
    assert len(await house.said("directory.absence_ended.v1")) == 1


async def test_who_is_absent_is_planned_by_themselves_or_by_who_leads_them(house: House):
    east = await house.unit("East")
    anna, ben = await house.person("anna", east), await house.person("ben", east)
    lead = await house.person("lea", east, roles=["team_lead"])
    far = await house.person("far", await house.unit("West"), roles=["manager"])

    answers = [await absent(house, anna, by) for by in (ben, far, lead)]

    assert [answer.status_code for answer in answers] == [404, 404, 201]
    listed = await house.ask(anna["id"], "GET", f"/persons/{anna['id']}/absences")
    assert [item["planned_by"] for item in listed.json()["items"]] == [lead["id"]]


async def test_two_absences_that_are_planned_at_once_do_not_overlap(house: House):
    anna = await house.person("anna")

    answers = await asyncio.gather(*(absent(house, anna) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize("stand_in", ["oneself", "somebody who has left"])
async def test_a_stand_in_is_somebody_else_who_is_there(house: House, stand_in: str):
    anna, ben = await house.person("anna"), await house.person("ben")
    await house.change(f"/persons/{ben['id']}", active=False)
    other = anna if stand_in == "oneself" else ben

    answer = await absent(house, anna, stand_in_id=other["id"])

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/person-unavailable")


async def test_an_absence_that_ends_before_it_starts_is_refused(house: House):
    anna = await house.person("anna")

    answer = await absent(house, anna, ends_at="2020-01-01T00:00:00Z")

    assert answer.status_code == 422


async def test_what_waits_for_working_hours_is_given_to_somebody_when_they_begin(house: House):
    team = await house.unit("East", regions=["华东"])
    anna = await house.person("anna", team)
    await house.configure("routing", **WAITS)
    await house.world.reach_tuesday_morning()
    shift = {"weekday": 2, "start": "12:00", "end": "23:59"}
    await house.change(f"/persons/{anna['id']}", shifts=[shift])
    lead = captured()
    await house.hear(lead)
    waiting = await unassigned(house)

    await house.world.advance(timedelta(hours=4))

    assert waiting[0]["reasons"] == ["waits_for_working_hours", "off_duty"]
    assert await house.owner_of(lead) == anna["id"]


async def test_what_nobody_could_take_is_tried_again_when_the_directory_changes(house: House):
    await house.configure(
        "routing", rules=[{"name": "by region", "to": "by_region"}], otherwise={"to_pool": False}
    )
    lead = captured()
    await house.hear(lead)
    before = await unassigned(house)

    anna = await house.person("anna", await house.unit("East", regions=["华东"]))
    await house.world.advance()

    assert before[0]["reasons"] == ["region_not_served:华东"]
    assert await house.owner_of(lead) == anna["id"]
    assert len(await house.said("ownership.unassigned.v1")) == 1


async def test_what_nobody_could_take_is_tried_again_by_new_rules(house: House):
    anna = await house.person("anna", await house.unit("Key Accounts"))
    await house.configure(
        "routing",
        rules=[{"name": "none", "when": "false", "to": "x"}],
        otherwise={"to_pool": False},
    )
    lead = captured()
    await house.hear(lead)

    await house.configure("routing", rules=[{"name": "all", "to": "Key Accounts"}])
    await house.world.advance()

    assert await house.owner_of(lead) == anna["id"]


async def test_the_fallback_s_stand_in_takes_what_falls_back(house: House):
    anna, ben = await house.person("anna"), await house.person("ben")
    await absent(house, anna, stand_in_id=ben["id"])
    await house.configure("routing", rules=[], otherwise={"fallback_owner_id": anna["id"]})
    lead = captured()

    await house.hear(lead)

    [event] = await house.said("ownership.assigned.v1")
    assert (event["owner_id"], event["reason"]) == (UUID(ben["id"]), "fallback")


@pytest.mark.parametrize(
    "shifts",
    [
        pytest.param(
            [("09:00", "13:00", 1), ("12:00", "18:00", 1)],
            id="on one day",
        ),
        pytest.param([("22:00", "06:00", 7), ("05:00", "09:00", 1)], id="over the week's end"),
        pytest.param([("09:00Z", "13:00", 1)], id="with a zone"),
    ],
)
async def test_shifts_that_make_no_sense_are_refused(
    house: House, shifts: list[tuple[str, str, int]]
):
    anna = await house.person("anna")
    told = [{"weekday": day, "start": start, "end": end} for start, end, day in shifts]

    answer = await house.change(f"/persons/{anna['id']}", shifts=told)

    assert answer.status_code == 422
