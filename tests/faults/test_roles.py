"""F01, F05, F06, F07 with a process for each role: every kind of process sleeps, and is killed."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shangji.names import ROLES, SERVICES
from tests.faults.conftest import manned
from tests.faults.rig import Rig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ACCEPTED = "SELECT count(*) FROM leads.idempotency"
FEEDS = "SELECT count(*) FROM leads.feed"
OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"
FILES = "SELECT count(*) FROM leads.import_run WHERE state NOT IN ('queued', 'running')"
DONE_BY = {"api": ACCEPTED, "relay": FEEDS, "consumer": OWNED, "timers": FILES}
"""What grows only while a role is at work."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def split(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with manned(tmp_path_factory.mktemp("split"), SHANGJI_PROCESSES="split") as rig:
        yield rig


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_that_sleeps_and_dies_in_all_services_goes_on_where_it_was(
    split: Rig, role: str
):
    names = [f"{service}-{role}" for service in SERVICES]
    split.ledger.begin()
    await split.until_taken()

    for name in names:
        split.send(name, signal.SIGSTOP)
    if role == "api":
        await split.until_unclear()
    else:
        await split.until_taken(50)
    for name in names:
        split.send(name, signal.SIGCONT)
    await progress(split, role)

    before = {name: split.process(name) for name in names}
    for name in names:
        split.send(name, signal.SIGKILL)
    await asyncio.gather(*(split.until_restarted(*each) for each in before.items()))
    await progress(split, role)

    await split.ledger.end()
    await split.check()


async def progress(rig: Rig, role: str) -> None:
    """Wait until a role has done something more."""
    done = await rig.count(DONE_BY[role])
    await rig.until_counted(f"{role} to go on", DONE_BY[role], more_than=done)
