from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.opportunities.owners.house import NOW, House, Json, captured

BY_REGION = {"name": "by region", "to": "by_region"}
WINDOW = {
    "since": (NOW - timedelta(days=1)).isoformat(),
    "until": (NOW + timedelta(days=1)).isoformat(),
}


async def draft(house: House, *listed: Json) -> int:
    answer = await house.ask(
        house.operator, "POST", "/configurations/routing", {"body": {"rules": listed}, "why": "try"}
    )
    return answer.json()["version"]


async def rehearsed(house: House, version: int, **window: Any) -> httpx.Response:
    path = f"/configurations/routing/{version}/rehearsals"
    asked = await house.ask(house.operator, "POST", path, {**WINDOW, **window})
    if asked.is_error:
        return asked
    await house.world.advance()
    return await house.ask(house.operator, "GET", asked.headers["Location"])


@pytest.fixture
async def west(house: House) -> Json:
    """Ten leads that Anna got; Ben would like some."""
    await house.person("anna", await house.unit("East", regions=["华东"]))
    await house.hear(*(captured(industry="能源", lead={"grade": "A"}) for _ in range(10)))
    return await house.person("ben", await house.unit("West"))


async def test_a_draft_is_played_on_real_leads_and_nothing_comes_of_it_but_a_report(
    house: House, west: Json
):
    version = await draft(house, {"name": "energy", "to": "West"})
    before = await house.rows("SELECT id, owner_id, sequence FROM ownership ORDER BY id")
    said = len(await house.said("ownership.assigned.v1"))

    first, second = [(await rehearsed(house, version)).json() for _ in range(2)]

    result = first["result"]
    assert (first["state"], result["leads"], result["moved"]) == ("done", 10, 10)
    assert {load["person_id"]: load["good_after"] for load in result["people"]}[west["id"]] == 10
    assert second["result"] == result
    assert await house.rows("SELECT id, owner_id, sequence FROM ownership ORDER BY id") == before
    assert len(await house.said("ownership.assigned.v1")) == said


async def test_leads_that_would_move_are_listed_with_both_receipts(house: House, west: Json):
    done = (await rehearsed(house, await draft(house, {"name": "energy", "to": "West"}))).json()
    path = f"/rehearsals/{done['id']}/moves?limit=7"

    first = (await house.ask(house.operator, "GET", path)).json()
    rest = await house.ask(house.operator, "GET", f"{path}&cursor={first['next_cursor']}")

    moves = first["items"] + rest.json()["items"]
    assert len({move["lead_id"] for move in moves}) == 10
    assert moves[0]["after"]["owner_id"] == moves[0]["after_id"] == west["id"]
    assert moves[0]["before"]["trials"][0]["rule"] == "by region"


async def test_putting_rules_in_force_remembers_the_rehearsal(house: House, west: Json):
    version = await draft(house, {"name": "energy", "to": "West"})
    done = (await rehearsed(house, version)).json()
    path = f"/configurations/routing/{version}/state"
    await house.ask(house.operator, "PUT", path, {"state": "checked"})

    answer = await house.ask(
        house.operator, "PUT", path, {"state": "activated", "rehearsal_id": done["id"]}
    )

    assert answer.json()["rehearsal_id"] == done["id"]
    [trail] = await house.rows(
        "SELECT after FROM audit WHERE action = 'configuration_activated' AND after ? 'rehearsal_id'"
    )
    assert trail["after"]["rehearsal_id"] == done["id"]


async def test_the_rehearsals_of_a_version_are_listed(house: House, west: Json):
    version = await draft(house, BY_REGION)
    for _ in range(2):
        await rehearsed(house, version)

    path = f"/configurations/routing/{version}/rehearsals"
    listed = (await house.ask(house.operator, "GET", path)).json()["items"]

    assert [item["result"]["moved"] for item in listed] == [0, 0]


async def test_a_window_without_leads_is_no_failure(house: House, west: Json):
    window = {"since": "2020-01-01T00:00:00Z", "until": "2020-02-01T00:00:00Z"}

    done = (await rehearsed(house, await draft(house, BY_REGION), **window)).json()

    assert (done["state"], done["result"]["leads"], done["result"]["after"]["gini"]) == (
        "done",
        0,
        None,
    )


@pytest.mark.parametrize(
    ("window", "status"),
    [
        pytest.param({"until": "2020-01-01T00:00:00Z"}, 422, id="ends before it begins"),
        pytest.param({"since": "1999-01-01T00:00:00Z"}, 422, id="a generation"),
    ],
)
async def test_windows_that_make_no_sense_are_refused(house: House, window: Json, status: int):
    answer = await rehearsed(house, await draft(house, BY_REGION), **window)

    assert answer.status_code == status


async def test_rules_that_could_not_be_applied_are_refused_at_once(house: House):
    answer = await rehearsed(house, await draft(house, {**BY_REGION, "when": "scor >"}))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/rules/0/when")


async def test_only_who_looks_after_the_whole_enterprise_rehearses(house: House, west: Json):
    unit = {"id": west["unit_id"]}
    local = await house.person("local", unit, roles=["operator"])
    version = await draft(house, BY_REGION)
    done = (await rehearsed(house, version)).json()

    path = f"/configurations/routing/{version}/rehearsals"
    asked = await house.ask(local["id"], "POST", path, WINDOW)
    read = await house.ask(local["id"], "GET", f"/rehearsals/{done['id']}")

    assert (asked.status_code, read.status_code) == (403, 404)
