"""F15, F16: the link between a service and its database fails in mid-commit, and is slow."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.stories.enterprise import OPERATOR
from tests.support.proxy import Proxy, open_proxy
from tests.support.world import World, open_world

LEAD = {"phone": "13800138000", "company_name": "杭州云帆智能制造有限公司", "region": "浙江"}


@pytest_asyncio.fixture
async def link(database: DatabaseAccess) -> AsyncIterator[Proxy]:
    async with open_proxy(database.server.host, database.server.port) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def world(database: DatabaseAccess, link: Proxy, tmp_path: Path) -> AsyncIterator[World]:
    """All services, each behind the link."""
    server = replace(database.server, host="127.0.0.1", port=link.port)
    async with open_world(replace(database, server=server), tmp_path) as opened:
        await opened.settle()
        yield opened


@pytest.mark.parametrize("failing", ["cut", "deaf"])
async def test_a_commit_whose_answer_is_lost_is_found_again_under_its_key(
    world: World, link: Proxy, failing: Literal["cut", "deaf"]
):
    headers = world.headers(OPERATOR)
    link.failing, link.trap = failing, b"COMMIT"

    first = await world["leads"].api.post("/leads", json=LEAD, headers=headers)
    again = await world["leads"].api.post("/leads", json=LEAD, headers=headers)
    await world.settle()

    assert link.trapped == 1
    assert first.status_code in (201, 503)
    assert again.status_code == 201
    assert len(world.log.events("lead.captured.v1")) == 1


async def test_a_command_whose_link_is_cut_before_the_commit_is_done_once(
    world: World, link: Proxy
):
    link.trap = b"INSERT INTO outbox"

    answer = await world["leads"].api.post("/leads", json=LEAD, headers=world.headers(OPERATOR))
    await world.settle()

    assert link.trapped == 1
    assert answer.status_code == 201
    assert len(world.log.events("lead.captured.v1")) == 1


@pytest.mark.parametrize(
    ("latency", "bandwidth", "piece"),
    [(0.02, 0, 65_536), (0, 64_000, 4_096), (0, 0, 7)],
    ids=["far away", "64 KB a second", "in tiny pieces"],
)
async def test_a_slow_link_changes_nothing_but_the_time(
    world: World, link: Proxy, latency: float, bandwidth: float, piece: int
):
    link.latency, link.bandwidth, link.slice = latency, bandwidth, piece

    answer = await world["leads"].api.post("/leads", json=LEAD, headers=world.headers(OPERATOR))
    await world.settle()

    assert answer.status_code == 201
    assert len(world.log.events("lead.captured.v1")) == 1
