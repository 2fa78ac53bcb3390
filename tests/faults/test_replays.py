"""F26, F27: positions are turned about, and everything is said again."""

import signal

import pytest

from tests.faults.groups import forget_the_group, is_empty, to_the_beginning, to_the_end
from tests.faults.rig import Rig
from tests.support.checks import SAYING, until_at_rest
from tests.support.snapshot import snapshot
from tests.support.waiting import until

pytestmark = pytest.mark.slow

LISTENER = "opportunities"


async def test_positions_that_kafka_was_made_to_believe_count_for_nothing(rig: Rig):
    rig.ledger.begin()

    for tamper in (to_the_beginning, to_the_end, forget_the_group):
        await rig.until_taken(20)
        rig.send(LISTENER, signal.SIGSTOP)
        await until("the group to be empty", lambda: is_empty(rig.stack, LISTENER), seconds=60)
        await rig.until_taken(20)
        await tamper(rig.stack, LISTENER)
        rig.send(LISTENER, signal.SIGCONT)

    await rig.until_taken(20)
    await rig.ledger.end()
    await rig.check()


async def test_everything_said_again_has_no_second_effect(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken(50)
    await rig.ledger.end()
    await rig.check()
    before = await snapshot(rig.stack.readonly_url)

    for service in SAYING:
        rig.shangji.must("replay", service)
    await until_at_rest(rig.ledger)

    assert await snapshot(rig.stack.readonly_url) == before
    rig.shangji.must("replay", "analytics")
    await rig.check()
