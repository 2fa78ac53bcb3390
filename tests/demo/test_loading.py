"""The demo comes in through the public doors, lives on, and a second time changes nothing."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from shangji.demo import arrivals, clock, history, loading
from shangji.demo.arrivals import Arrivals
from shangji.demo_record import DemoRecord
from shangji.progress import bars
from shangji.welcome import print_welcome
from tests.support.clients import WorldClient, open_client
from tests.support.world import World


@pytest_asyncio.fixture
async def client(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorldClient]:
    """A client, and a demo small enough to be loaded in a moment."""
    for name, size in (("LEADS", 60), ("DEALS", 40), ("HOARDED", 3), ("LEFT_BEHIND", 3)):
        monkeypatch.setattr(history, name, size)
    monkeypatch.setattr(arrivals, "FIRST_DAY", 4)
    monkeypatch.setattr(clock, "STILL_FOR", 0.0)
    async with open_client(world, tmp_path) as opened:

        @asynccontextmanager
        async def connect(*_: object) -> AsyncIterator[WorldClient]:
            yield opened

        monkeypatch.setattr(loading, "connect", connect)
        yield opened


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(by: Console) -> str:
    assert isinstance(by.file, io.StringIO)
    return by.file.getvalue()


async def test_a_second_load_changes_nothing(client: WorldClient):
    first = await loading.load_demo(client.stack, console())
    before = await client.get("analytics", "/reports/summary")
    second = await loading.load_demo(client.stack, console(), again=True)

    assert first.startswith("The demo company is loaded")
    assert second.startswith("The demo company is loaded: 0 records changed")
    assert await client.get("analytics", "/reports/summary") == before


async def test_the_next_start_finds_the_demo_and_says_whom_to_sign_in_as(client: WorldClient):
    await loading.load_demo(client.stack, console())

    again = await loading.load_demo(client.stack, console())
    welcome = console()
    print_welcome(client.stack, welcome)

    record = DemoRecord.read(client.stack.home)
    assert again == ""
    assert record is not None
    assert [actor.role for actor in record.actors] == ["seller", "team lead", "manager", "operator"]
    for actor in record.actors:
        assert f"token {actor.username}" in said(welcome)
        signed_in = await client.as_person(actor.username)
        assert (await signed_in.get("opportunities", "/me"))["name"] == actor.name


async def test_the_script_leads_to_what_was_planted(client: WorldClient):
    await loading.load_demo(client.stack, console())
    welcome = console()
    print_welcome(client.stack, welcome)
    record = DemoRecord.read(client.stack.home)
    assert record is not None
    assert record.incidents is not None
    planted = record.incidents

    async def owners(**wanted: str) -> list[str]:
        page = await client.get("opportunities", "/opportunities", status="open", **wanted)
        return [deal["owner_name"] for deal in page["items"]]

    left_behind = await owners(owner=planted.leaver_id)
    contested = await owners(customer=planted.contested_customer_id)
    lead = await client.as_person(planted.hoarders_lead)
    team = await lead.get("analytics", "/reports/efficiency", by="seller")

    assert set(left_behind) == {planted.leaver}
    assert len(set(contested)) > 1
    assert max(team, key=lambda row: row["open"])["seller"] == planted.hoarder
    for hint in (planted.stalled_from, planted.hoarders_lead, planted.contested_customer_id):
        assert hint in said(welcome)


async def test_new_leads_find_owners_who_work_on_them(client: WorldClient):
    await loading.load_demo(client.stack, console())
    desk = Arrivals(client, seed=3)
    for _ in range(6):
        await desk.new_lead()
    await client.wait_for_quiet()

    for _ in range(6):
        await desk.work_on_one()
    await client.wait_for_quiet()

    (total,) = await client.get("analytics", "/reports/source-conversion")
    assert total["leads"] == 60 + 4 + 6
    rows = await client.get("analytics", "/reports/efficiency", by="region")
    assert sum(row["activities"] for row in rows) > 0


async def test_when_a_week_passes_owners_are_reminded(client: WorldClient):
    await loading.load_demo(client.stack, console())

    with bars(console()) as shown:
        passed = await clock.advance(client, timedelta(days=7), shown.bar())

    assert passed.happened["notification.placed: follow_up_overdue"] > 0
    assert passed.happened["notification.placed: follow_up_escalated"] > 0
