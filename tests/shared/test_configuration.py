"""Versions are written, checked, put in force and superseded; never changed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import BaseModel, ConfigDict

from shangji.infra.bootstrap import DatabaseAccess
from shared import configuration
from shared.configuration import Configuration
from shared.configuration.versions import ConfigurationWillNotDo, NotADraft, NotChecked
from shared.db import Database
from shared.refusals import FieldError, Invalid
from shared.rules import Environment
from tests.shared.web.toy import Caller, Toy, open_toy

FIELDS = Environment({"score": "double"})


class Rules(BaseModel):
    """Rules of the tests' own."""

    model_config = ConfigDict(extra="forbid")

    when: str
    points: int = 0


class TooGenerous(Invalid):
    """Nobody gives that many points."""


def check(body: configuration.Body) -> None:
    rules = Rules.model_validate(body)
    FIELDS.compile(rules.when)
    if rules.points > 100:
        raise TooGenerous(errors=(FieldError(pointer="/points", reason="Too many"),))


GOOD: dict[str, Any] = {"when": "score > 1.0", "points": 5}
BETTER: dict[str, Any] = {"when": "score > 2.0", "points": 6}


async def published(leads: Database, body: dict[str, Any], kind: str = "scoring") -> Configuration:
    async with leads.tx() as tx:
        return await configuration.publish(tx, kind, body, checker=check, why="a test")


async def states(leads: Database) -> list[tuple[int, str]]:
    async with leads.tx() as tx:
        return [(each.version, each.state) for each in await configuration.history(tx, "scoring")]


async def test_a_version_goes_from_draft_to_force(leads: Database):
    async with leads.tx() as tx:
        draft = await configuration.create_draft(tx, "scoring", GOOD, why="first")
        checked = await configuration.check(tx, "scoring", 1, check)
        active = await configuration.activate(tx, "scoring", 1)
        current = await configuration.current(tx, "scoring")

    assert [draft.state, checked.state, active.state] == ["draft", "checked", "activated"]
    assert current == active
    assert current.body == GOOD
    assert active.activated_at is not None


async def test_a_new_version_supersedes_the_old_one_which_stays_readable(leads: Database):
    await published(leads, GOOD)
    await published(leads, BETTER)

    assert await states(leads) == [(2, "activated"), (1, "superseded")]
    async with leads.tx() as tx:
        assert (await configuration.version(tx, "scoring", 1)).body == GOOD
        assert (await configuration.current(tx, "scoring")).body == BETTER


async def test_the_same_body_again_is_no_new_version(leads: Database):
    first = await published(leads, GOOD)
    again = await published(leads, GOOD)

    assert again == first
    assert await states(leads) == [(1, "activated")]


async def test_a_seed_does_not_touch_what_is_in_force(leads: Database):
    async with leads.tx() as tx:
        seeded = await configuration.seed(tx, "scoring", GOOD, checker=check, why="default")
    await published(leads, BETTER)
    async with leads.tx() as tx:
        again = await configuration.seed(tx, "scoring", GOOD, checker=check, why="default")

    assert (seeded.version, again.version) == (1, 2)
    assert again.body == BETTER


async def test_two_at_once_get_two_versions_and_one_is_in_force(leads: Database):
    await asyncio.gather(*(published(leads, {**GOOD, "points": number}) for number in range(6)))

    found = await states(leads)
    assert [version for version, _ in found] == [6, 5, 4, 3, 2, 1]
    assert [state for _, state in found].count("activated") == 1


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"when": "score >"}, {""}),
        ({"when": "nothing"}, {""}),
        ({"when": 1, "colour": "red"}, {"/when", "/colour"}),
    ],
)
async def test_a_draft_that_will_not_do_stays_a_draft(
    leads: Database, body: dict[str, Any], pointers: set[str]
):
    async with leads.tx() as tx:
        await configuration.create_draft(tx, "scoring", body, why="")
        with pytest.raises(ConfigurationWillNotDo) as caught:
            await configuration.check(tx, "scoring", 1, check)

    assert {error.pointer for error in caught.value.errors} == pointers
    assert await states(leads) == [(1, "draft")]


async def test_steps_are_not_skipped_and_not_taken_back(leads: Database):
    await published(leads, GOOD)
    await published(leads, BETTER)
    async with leads.tx() as tx:
        await configuration.create_draft(tx, "scoring", GOOD, why="third")
        with pytest.raises(NotChecked):
            await configuration.activate(tx, "scoring", 3)
        with pytest.raises(NotChecked):
            await configuration.activate(tx, "scoring", 1)
        with pytest.raises(NotADraft):
            await configuration.check(tx, "scoring", 1, check)


async def test_every_step_leaves_evidence(leads: Database):
    await published(leads, GOOD)

    async with leads.tx() as tx:
        actions = await tx.fetch("SELECT action FROM audit ORDER BY id")
    assert [row["action"] for row in actions] == [
        "configuration_draft",
        "configuration_checked",
        "configuration_activated",
    ]


@pytest_asyncio.fixture
async def served(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Toy]:
    routers = [configuration.router({"scoring": check, "pipeline:": check})]
    async with open_toy(database, tmp_path, routers) as toy:
        yield toy


@pytest_asyncio.fixture
async def operator(served: Toy) -> Caller:
    return await served.hire("operator")


async def move(caller: Caller, version: int, state: str, kind: str = "scoring") -> int:
    path = f"/configurations/{kind}/{version}/state"
    answer = await caller.send(path, f'{{"state":"{state}"}}'.encode(), method="PUT")
    return answer.status_code


async def test_an_operator_changes_the_rules_over_http(served: Toy, operator: Caller):
    draft = await operator.post("/configurations/scoring", {"body": GOOD, "why": "spring"})
    statuses = [await move(operator, 1, "checked"), await move(operator, 1, "activated")]
    current = (await operator.get("/configurations/scoring/current")).json()
    listed = (await operator.get("/configurations")).json()["items"]
    versions = (await operator.get("/configurations/scoring")).json()["items"]

    assert draft.status_code == 201
    assert draft.headers["Location"] == "/configurations/scoring/1"
    assert statuses == [200, 200]
    assert (current["body"], current["author_id"]) == (GOOD, str(operator.id))
    assert listed == versions == [{k: v for k, v in current.items() if k != "body"}]


async def test_a_kind_may_be_a_family(served: Toy, operator: Caller):
    draft = await operator.post("/configurations/pipeline:b2b", {"body": GOOD, "why": "x"})

    assert draft.status_code == 201
    assert await move(operator, 1, "checked", "pipeline:b2b") == 200


@pytest.mark.parametrize(
    "kind", ["nothing", "pipeline", "pipeline:", "scoring:x", "Scoring", "a b"]
)
async def test_a_kind_there_is_not_is_refused(served: Toy, operator: Caller, kind: str):
    draft = await operator.post(f"/configurations/{kind}", {"body": GOOD, "why": "x"})

    assert draft.status_code in {404, 422}


async def test_nothing_in_force_is_not_found(served: Toy, operator: Caller):
    answer = await operator.get("/configurations/scoring/current")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-configured"


async def test_a_seller_reads_the_rules_and_does_not_write_them(served: Toy, operator: Caller):
    anna = await served.hire("seller")
    await operator.post("/configurations/scoring", {"body": GOOD, "why": "x"})

    answers = [
        await anna.get("/configurations/scoring/1"),
        await anna.post("/configurations/scoring", {"body": GOOD, "why": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert await move(anna, 1, "checked") == 403


async def test_what_is_wrong_is_told_over_http(served: Toy, operator: Caller):
    await operator.post("/configurations/scoring", {"body": {**GOOD, "points": 101}, "why": "x"})
    path = "/configurations/scoring/1/state"

    answer = await operator.send(path, b'{"state":"checked"}', method="PUT")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/too-generous"
    assert answer.json()["errors"] == [{"pointer": "/points", "reason": "Too many"}]


async def test_what_was_read_of_a_version_is_kept_until_another_is_in_force(leads: Database):
    made: list[int] = []

    def points(version: Configuration) -> object:
        made.append(version.version)
        return version.body["points"]

    async def read() -> object:
        async with leads.tx() as tx:
            return await configuration.current_as(tx, "scoring", points)

    await published(leads, GOOD)
    assert [await read(), await read()] == [5, 5]
    await published(leads, BETTER)
    assert [await read(), await read()] == [6, 6]
    assert made == [1, 2]


async def test_whoever_changes_the_rules_sees_them_at_once_and_nobody_else_before_the_commit(
    leads: Database,
):
    await published(leads, GOOD)
    async with leads.tx() as mine, leads.tx() as theirs:
        await configuration.current(mine, "scoring")
        changed = await configuration.publish(mine, "scoring", BETTER, checker=check, why="a test")

        assert (await configuration.current(mine, "scoring")) == changed
        assert (await configuration.current(theirs, "scoring")).body == GOOD
    async with leads.tx() as later:
        assert (await configuration.current(later, "scoring")).body == BETTER
