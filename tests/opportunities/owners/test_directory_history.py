from datetime import timedelta
from typing import Any

import httpx

from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import House, Json, captured


async def merge(house: House, unit: Json, into: Json) -> httpx.Response:
    path = f"/units/{unit['id']}"
    etag = (await house.ask(house.operator, "GET", path)).headers["ETag"]
    body = {"into_id": into["id"], "reason": "one market now"}
    return await house.ask(house.operator, "POST", f"{path}/merge", body, etag=etag)


async def chart(house: House, **asked: Any) -> dict[str, Json]:
    query = httpx.QueryParams(asked)
    answer = await house.ask(house.operator, "GET", f"/units/chart?{query}")
    assert answer.status_code == 200, answer.text
    return {unit["name"]: unit for unit in answer.json()}


async def clock(house: House) -> str:
    async with house.world["opportunities"].database.tx() as tx:
        return tx.now.isoformat()


async def test_a_merged_unit_s_people_and_teams_belong_to_the_other(house: House):
    east, south = await house.unit("East"), await house.unit("South")
    team = await house.unit("Team", parent_id=south["id"])
    anna = await house.person("anna", south)

    answer = await merge(house, south, east)

    merged = answer.json()
    assert (merged["active"], merged["parent_id"], merged["merged_into"]) == (
        False,
        east["id"],
        east["id"],
    )
    shown = await house.ask(house.operator, "GET", f"/units/{team['id']}")
    assert shown.json()["parent_id"] == east["id"]
    shown = await house.ask(house.operator, "GET", f"/persons/{anna['id']}")
    assert shown.json()["unit_id"] == east["id"]


async def test_who_leads_the_other_unit_sees_what_was_the_merged_one_s(house: House):
    east, south = await house.unit("East"), await house.unit("South", regions=["华东"])
    lead = await house.person("lea", east, roles=["team_lead"])
    await house.person("anna", south)
    await house.hear(captured())
    before = (await house.ask(lead["id"], "GET", "/ownerships")).json()["items"]

    await merge(house, south, east)

    after = (await house.ask(lead["id"], "GET", "/ownerships")).json()["items"]
    assert (len(before), len(after)) == (0, 1)


async def test_a_unit_does_not_go_on_below_itself(house: House):
    east = await house.unit("East")
    team = await house.unit("Team", parent_id=east["id"])

    below = await merge(house, east, team)
    closed = await merge(house, team, east)
    again = await merge(house, await house.unit("West"), team)

    assert below.json()["type"] == "/problems/unit-in-itself"
    assert closed.status_code == 200
    assert again.json()["type"] == "/problems/unit-outside-scope"


async def test_the_chart_is_read_as_of_any_instant(house: House):
    east, west = await house.unit("East"), await house.unit("West")
    anna = await house.person("anna", east)
    before = await clock(house)
    await house.world.advance(timedelta(days=1))

    await house.change(f"/persons/{anna['id']}", unit_id=west["id"])
    await merge(house, east, west)

    then, now = await chart(house, at=before), await chart(house)
    assert (then["East"]["people"], then["West"]["people"]) == (1, 0)
    assert (now["East"]["people"], now["West"]["people"]) == (0, 1)
    assert (then["East"]["parent_id"], now["East"]["parent_id"]) == (str(ROOT_UNIT), west["id"])


async def test_how_somebody_was_is_kept_with_who_changed_it_and_without_their_name(house: House):
    anna = await house.person("anna", await house.unit("East"), level=2)

    await house.change(f"/persons/{anna['id']}", level=5, skills=["德语"])
    path = f"/persons/{anna['id']}/history"
    latest, first = (await house.ask(house.operator, "GET", path)).json()

    assert (first["body"]["level"], latest["body"]["level"]) == (2, 5)
    assert latest["defined_by"] == str(house.operator)
    assert "Anna" not in str([latest, first])


async def test_others_read_no_history(house: House):
    east = await house.unit("East")
    anna, far = (
        await house.person("anna", east),
        await house.person("far", await house.unit("West")),
    )

    for path in (f"/persons/{anna['id']}/history", f"/units/{east['id']}/history"):
        assert (await house.ask(far["id"], "GET", path)).status_code == 404
