"""F09, F10, F13, F14: the broker and the database crash and freeze under load."""

import signal

import psutil
import pytest
import pytest_asyncio

from tests.faults.rig import Rig
from tests.support.checks import SAYING, until_at_rest

pytestmark = pytest.mark.slow

OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def load(rig: Rig) -> None:
    """Everybody is busy while it happens."""
    rig.ledger.begin()
    await rig.until_taken()


async def settled(rig: Rig) -> None:
    """Leads come in and get owners again; then nothing was lost and nothing happened twice."""
    await rig.until_taken()
    owned = await rig.count(OWNED)
    await rig.until_counted("leads to get owners again", OWNED, more_than=owned)
    await rig.ledger.end()
    await rig.check()


async def test_a_broker_that_is_killed_again_and_again_is_missed_by_nobody_who_sends(rig: Rig):
    for _ in range(5):
        await rig.until_taken(20)
        await kill(rig, "kafka", signal.SIGKILL)

    await settled(rig)


async def test_a_broker_that_is_killed_while_nobody_works_is_found_again(rig: Rig):
    await rig.ledger.end()
    await until_at_rest(rig.ledger)

    await kill(rig, "kafka", signal.SIGKILL)
    rig.ledger.begin()

    await settled(rig)


@pytest.mark.parametrize("times", [0, 2])
async def test_a_broker_that_freezes_makes_relays_begin_anew(rig: Rig, times: int):
    """For a moment; and for so long that a new producer has found it frozen as well."""
    before = rig.said("leads", "relay_began_anew")

    rig.send("kafka", signal.SIGSTOP)
    await rig.until_taken(50)
    await rig.until_said("leads", "relay_began_anew", more_than=before + times - 1)
    await rig.until_taken(20)
    rig.send("kafka", signal.SIGCONT)

    await settled(rig)


async def test_a_database_that_crashes_or_shuts_down_is_found_again(rig: Rig):
    for number in (signal.SIGKILL, signal.SIGQUIT, signal.SIGINT):
        await kill(rig, "postgres", number)
        await rig.until_taken()

    await settled(rig)


async def test_a_database_that_loses_one_session_recovers(rig: Rig):
    sessions(rig, "leads")[0].kill()

    await settled(rig)


async def test_a_database_that_freezes_lets_nobody_believe_what_is_not_so(rig: Rig):
    rig.family("postgres", signal.SIGSTOP)
    await rig.until_unclear(3, status=503)
    rig.family("postgres", signal.SIGCONT)

    await settled(rig)


async def test_a_session_that_freezes_holds_up_nobody_for_ever(rig: Rig):
    frozen = [sessions(rig, service)[0] for service in SAYING]

    for session in frozen:
        session.suspend()
    await rig.until_unclear()
    await rig.until_taken(20)
    for session in frozen:
        session.resume()

    await settled(rig)


def sessions(rig: Rig, service: str) -> list[psutil.Process]:
    """The processes of PostgreSQL that serve a service, the busiest first."""
    children = rig.living("postgres").children()
    serving = [one for one in children if f" {service} " in " ".join(one.cmdline())]
    return sorted(serving, key=lambda one: -one.cpu_times().user)


async def kill(rig: Rig, name: str, number: signal.Signals) -> None:
    """Send a server its last signal, and wait until it runs again."""
    before = rig.process(name)
    rig.send(name, number)
    await rig.until_restarted(name, before)
