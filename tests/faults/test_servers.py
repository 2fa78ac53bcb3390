"""F09, F10, F11, F13, F14: the broker and the database crash and freeze under load."""

import signal

import psutil
import pytest
import pytest_asyncio

from tests.faults.rig import Rig
from tests.support.waiting import until

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


@pytest.mark.parametrize("times", [1, 3])
async def test_a_broker_that_is_killed_is_missed_by_nobody_who_sends(rig: Rig, times: int):
    for _ in range(times):
        before = rig.process("kafka")
        rig.send("kafka", signal.SIGKILL)
        await rig.until_taken(50)
        await rig.until_restarted("kafka", before)

    await settled(rig)


async def test_a_broker_that_freezes_makes_relays_begin_anew(rig: Rig):
    before = rig.said("leads", "relay_began_anew")

    rig.send("kafka", signal.SIGSTOP)
    await rig.until_said("leads", "relay_began_anew", more_than=before)
    await rig.until_taken(50)
    rig.send("kafka", signal.SIGCONT)

    await settled(rig)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
async def test_a_database_that_crashes_or_shuts_down_is_found_again(
    rig: Rig, number: signal.Signals
):
    before = rig.process("postgres")

    rig.send("postgres", number)

    await rig.until_restarted("postgres", before)
    await settled(rig)


async def test_a_database_that_loses_one_session_recovers(rig: Rig):
    unclear = rig.ledger.unclear

    sessions(rig)[0].kill()

    await until("somebody to notice", lambda: _more_unclear(rig, unclear), seconds=60)
    await settled(rig)


async def test_a_database_that_freezes_lets_nobody_believe_what_is_not_so(rig: Rig):
    unclear = rig.ledger.unclear

    rig.family("postgres", signal.SIGSTOP)
    await until("answers to be unclear", lambda: _more_unclear(rig, unclear + 4), seconds=90)
    rig.family("postgres", signal.SIGCONT)

    await settled(rig)


async def test_a_session_that_freezes_holds_up_nobody_for_ever(rig: Rig):
    frozen = sessions(rig)[:3]
    unclear = rig.ledger.unclear

    for session in frozen:
        session.suspend()
    await until("somebody to give up on it", lambda: _more_unclear(rig, unclear), seconds=60)
    await rig.until_taken(20)
    for session in frozen:
        session.resume()

    await settled(rig)


def sessions(rig: Rig) -> list[psutil.Process]:
    """The processes of PostgreSQL that serve `leads`, the busiest first."""
    server = psutil.Process(rig.process("postgres")["pid"])
    serving = [one for one in server.children() if "leads" in " ".join(one.cmdline())]
    return sorted(serving, key=lambda one: -one.cpu_times().user)


async def _more_unclear(rig: Rig, than: int) -> bool:
    return rig.ledger.unclear > than
