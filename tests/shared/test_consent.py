"""Two pairs of eyes, what a version changes, and the way back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import JsonValue

from shangji.infra.bootstrap import DatabaseAccess
from shared import configuration
from shared.configuration import Consent
from shared.configuration.difference import difference
from shared.principals import ROOT_UNIT
from tests.shared.test_configuration import BETTER, GOOD, check, move
from tests.shared.web.toy import Caller, Toy, open_toy


@pytest_asyncio.fixture
async def served(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Toy]:
    routers = [configuration.router({"scoring": check, "pipeline:": check})]
    async with open_toy(database, tmp_path, routers) as toy:
        yield toy


async def activated(caller: Caller, body: dict[str, Any], kind: str = "scoring") -> int:
    """Write a version, have it checked, and try to put it in force."""
    draft = await caller.post(f"/configurations/{kind}", {"body": body, "why": "a test"})
    version = draft.json()["version"]
    await move(caller, version, "checked", kind)
    return await move(caller, version, "activated", kind)


async def test_nobody_puts_their_own_rules_in_force_where_it_takes_two(served: Toy):
    olga, oskar = await served.hire("operator"), await served.hire("operator")
    await activated(olga, {"second_person": ["scoring"]}, "consent")

    refused = await activated(olga, GOOD)
    consented = await move(oskar, 1, "activated")

    current = (await olga.get("/configurations/scoring/current")).json()
    assert (refused, consented) == (409, 200)
    assert (current["author_id"], current["activated_by"]) == (str(olga.id), str(oskar.id))


async def test_the_refusal_names_the_version(served: Toy):
    olga = await served.hire("operator")
    await activated(olga, {"second_person": ["scoring"]}, "consent")
    await activated(olga, GOOD)

    path = "/configurations/scoring/1/state"
    refused = await olga.send(path, b'{"state":"activated"}', method="PUT")

    assert refused.json()["type"] == "/problems/second-person-needed"
    assert refused.json()["version"] == 1


async def test_policy_lets_the_people_of_a_unit_act_alone(served: Toy):
    olga = await served.hire("operator")
    policy = {"second_person": ["scoring"], "alone_in": [str(ROOT_UNIT)]}
    await activated(olga, policy, "consent")

    assert await activated(olga, GOOD) == 200


async def test_a_way_back_takes_nobody_else(served: Toy):
    olga, oskar = await served.hire("operator"), await served.hire("operator")
    await activated(olga, GOOD)
    await activated(olga, BETTER)
    await activated(oskar, {"second_person": ["scoring"]}, "consent")

    undone = await olga.post("/configurations/scoring/rollback", {"why": "it does harm"})

    current = (await olga.get("/configurations/scoring/current")).json()
    assert undone.status_code == 201
    assert (current["version"], current["body"], current["why"]) == (3, GOOD, "it does harm")


async def test_where_nothing_was_before_there_is_no_way_back(served: Toy):
    olga = await served.hire("operator")
    await activated(olga, GOOD)

    undone = await olga.post("/configurations/scoring/rollback", {"why": "it does harm"})

    assert undone.status_code == 409
    assert undone.json()["type"] == "/problems/nothing-before"


async def test_a_version_shows_what_it_changes(served: Toy):
    olga = await served.hire("operator")
    await activated(olga, GOOD)
    await olga.post("/configurations/scoring", {"body": BETTER, "why": "a test"})

    changes = (await olga.get("/configurations/scoring/2/difference")).json()
    back = (await olga.get("/configurations/scoring/1/difference?beside=2")).json()

    assert changes == [
        {"pointer": "/when", "before": "score > 1.0", "after": "score > 2.0"},
        {"pointer": "/points", "before": 5, "after": 6},
    ]
    assert [change["after"] for change in back] == ["score > 1.0", 5]


@pytest.mark.parametrize(
    ("kinds", "kind", "asked"),
    [
        (["scoring"], "scoring", True),
        (["scoring"], "conversion", False),
        (["pipeline:"], "pipeline:b2b", True),
        (["pipeline:"], "pipeline", False),
        ([], "consent", False),
    ],
)
def test_which_kinds_take_two(kinds: list[str], kind: str, asked: bool):
    assert Consent(second_person=tuple(kinds)).asks_for(kind) is asked


@pytest.mark.parametrize(
    ("before", "after", "pointers"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="the same"),
        pytest.param({"a": 1}, {"b": 1}, ["/a", "/b"], id="other names"),
        pytest.param([1, 2], [1, 3], ["/1"], id="an item"),
        pytest.param([{"name": "x"}, {"name": "y"}], [{"name": "y"}], ["/x"], id="one that left"),
        pytest.param({"a": [1]}, {"a": "1"}, ["/a"], id="another kind of value"),
    ],
)
def test_the_places_that_differ_are_named(before: JsonValue, after: JsonValue, pointers: list[str]):
    assert [change.pointer for change in difference(before, after)] == pointers
