"""F12, F21, F22, F24: histories that come out of order, are lost, or hold what nobody has said."""

import random
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import pytest_asyncio

from shared import relay
from shared.envelope import Envelope
from shared.relay import KafkaPublisher, OutboxTable
from tests.faults.conftest import manned
from tests.faults.messages import ENVELOPES, PAYLOADS, READABLE, inject, message, producing
from tests.faults.rig import Rig
from tests.support.checks import SAYING, until_at_rest

pytestmark = pytest.mark.slow

LISTENERS = ("opportunities", "notifications", "analytics")
TO_COME = (b"lead.sneezed.v1", b"lead.touched.v9")
"""A type and a version that only a later release knows."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A stack for those whose history no checker finds in order any more, one after the other."""
    async with manned(tmp_path_factory.mktemp("worn")) as opened:
        yield opened


async def test_events_that_come_out_of_order_wait_for_those_that_are_missing(rig: Rig):
    settings = rig.settings("leads")
    publisher = KafkaPublisher(settings)
    await publisher.start()
    rig.ledger.begin()
    await rig.until_taken()

    async with in_the_relays_place(rig) as outbox:
        await rig.until_counted("leads with a history", HISTORIES, more_than=4)
        waiting = await outbox.visible(but=[])
        late = missing_of(waiting.values())
        rest = [event for event in waiting.values() if event not in late]
        random.Random(1).shuffle(rest)  # noqa: S311
        await publisher.publish(rest)
        for service in LISTENERS:
            await rig.until_counted(
                "a hole to be seen",
                f"SELECT count(*) FROM {service}.parked WHERE reason = 'gap'",
                more_than=0,
            )
        await publisher.publish(late)
        await outbox.move(list(waiting))
    await publisher.stop()

    await rig.until_taken()
    await rig.ledger.end()
    await rig.check("--reheard")


async def test_a_kafka_that_is_lost_is_filled_again_from_the_feeds(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken(50)
    await rig.ledger.end()

    rig.shangji.must("down")
    shutil.rmtree(rig.stack.home / "kafka")
    rig.shangji.must("up", "--detach", "--no-demo")
    for service in SAYING:
        rig.shangji.must("replay", service)

    await rig.check("--reheard")
    for listener in LISTENERS:
        assert rig.said(listener, "topic_made_anew") > 0
    rig.ledger.begin()
    await rig.until_taken(20)
    await rig.ledger.end()
    await rig.check("--reheard")
    rig.shangji.must("replay", "analytics")


async def test_messages_of_the_future_and_broken_ones_are_kept_and_hold_up_nobody(rig: Rig):
    restarts = {name: rig.process(name)["restarts"] for name in LISTENERS}
    rig.ledger.begin()
    await rig.until_taken()
    sent = {uuid4(): payload for kind, payload in PAYLOADS.items() if kind not in READABLE}

    strange = (*ENVELOPES.values(), *({"ce_type": kind} for kind in TO_COME))

    async with producing(rig) as producer:
        for changed in strange:
            about = uuid4()
            await inject(rig, producer, about, b"{}", message(about, **changed))
        await inject(rig, producer, uuid4(), None, message(uuid4()))
        for about, payload in sent.items():
            await inject(rig, producer, about, payload, message(about))
    await rig.until_taken(20)
    await rig.ledger.end()
    await until_at_rest(rig.ledger)

    for service in LISTENERS:
        dead, waiting = (
            f"{service}.dead_letter",
            f"{service}.parked WHERE reason = 'unknown_version'",
        )
        assert await rig.count(f"SELECT count(*) FROM {dead}") == len(ENVELOPES) + 1
        assert await rig.count(f"SELECT count(*) FROM {waiting}") == 1
    unreadable = "SELECT count(*) FROM analytics.parked WHERE reason = 'unreadable'"
    assert await rig.count(unreadable) == len(sent)
    assert {name: rig.process(name)["restarts"] for name in LISTENERS} == restarts
    await rig.verify("--reheard")


HISTORIES = """
    SELECT count(*)
      FROM (SELECT FROM leads.outbox WHERE aggregate_type = 'lead'
             GROUP BY aggregate_id HAVING min(sequence) = 1 AND count(*) > 2) AS long
"""


def missing_of(events: Iterable[Envelope]) -> list[Envelope]:
    """The second event of each lead that has a third."""
    third = {event.aggregate_id for event in events if event.sequence == 3}
    return [event for event in events if event.sequence == 2 and event.aggregate_id in third]


@asynccontextmanager
async def in_the_relays_place(rig: Rig) -> AsyncIterator[OutboxTable]:
    """Hold the lock of the relay of leads, which is thrown out first."""
    connection = await relay.connect(rig.settings("leads"))
    await connection.execute("SET idle_session_timeout = 0")
    try:
        async with rig.administrator() as administrator:
            await administrator.execute(
                """
                SELECT pg_terminate_backend(pid)
                  FROM pg_stat_activity
                 WHERE application_name = 'leads-relay'
                   AND pid <> $1
                """,
                connection.get_server_pid(),
            )
        await connection.execute(
            "SELECT pg_advisory_lock(hashtext('shangji.relay'), hashtext('leads'))"
        )
        yield OutboxTable(connection)
    finally:
        await connection.close()
