"""F04, F05, F07, F08: two where there should be one, and those who come back from the dead."""

import asyncio
import signal

import asyncpg
import pytest

from shared import access, relay
from shared.consumer.loop import ConsumerLoop
from shared.db import Database
from shared.migrate import load
from tests.faults.rig import Rig
from tests.support.waiting import until

pytestmark = pytest.mark.slow

DUPLICATES = "SELECT sum(duplicate) FROM opportunities.consumer_tally"
OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"
TURNS = 12
WINDOW = 15
"""Seconds in which something has to go on, whoever comes and goes."""
WAITING = "SELECT count(*) FROM leads.outbox"


async def test_two_relays_without_a_lock_say_things_twice_and_nobody_minds(rig: Rig):
    before = await rig.count(DUPLICATES)
    settings = rig.settings("leads")
    connection, publisher = await relay.connect(settings), relay.KafkaPublisher(settings)
    await publisher.start()
    rig.ledger.begin()

    outbox, carried, sent = relay.OutboxTable(connection), 0, list[int]()
    async with asyncio.timeout(120):
        while carried < 300:
            sent = await relay.pump(outbox, publisher, sent)
            carried += len(sent)
    await publisher.stop()
    await connection.close()

    await rig.ledger.end()
    await rig.check()
    assert await rig.count(DUPLICATES) > before


async def test_a_relay_that_was_paused_comes_back_and_says_old_news(rig: Rig):
    before = await rig.count(DUPLICATES)
    rig.ledger.begin()
    await rig.until_taken()

    rig.plan("leads", "relay.selected=stop")
    await until_stopped(rig, "leads")
    with rig.beside("leads", "relay"):
        await until("another relay to take over", lambda: _none(rig, WAITING), seconds=60)
        rig.send("leads", signal.SIGCONT)
        await rig.until_taken()

    await rig.ledger.end()
    await rig.check()
    assert await rig.count(DUPLICATES) > before


async def test_a_consumer_that_was_paused_comes_back_with_its_batch(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()

    for step in ("consumer.polled", "consumer.handled", "consumer.before_commit"):
        rig.plan("opportunities", f"{step}=stop")
        await until_stopped(rig, "opportunities")
        owned = await rig.count(OWNED)
        with rig.beside("opportunities", "consumer"):
            await rig.until_counted("another to take over", OWNED, more_than=owned + 20)
            rig.send("opportunities", signal.SIGCONT)
            await rig.until_taken()

    await rig.ledger.end()
    await rig.check()


async def test_consumers_that_come_and_go_keep_nobody_from_going_on(rig: Rig):
    database = await Database.open(rig.stack.database_url("opportunities"), schema="opportunities")
    consumer = access.listening(load("services.opportunities").consumer)
    rig.ledger.begin()

    for turn in range(TURNS):
        stop = asyncio.Event()
        settings = rig.settings("opportunities", instance=f"guest {turn}")
        guest = ConsumerLoop(settings, database, consumer, static=bool(turn % 2))
        running = asyncio.create_task(guest.run(stop))
        owned = await rig.count(OWNED)
        await rig.until_counted("progress in the storm", OWNED, more_than=owned, seconds=WINDOW)
        stop.set()
        await running
    await database.close()

    await rig.ledger.end()
    await rig.check()


async def until_stopped(rig: Rig, name: str) -> None:
    """Wait until a process has come to where it was to stop."""

    async def stopped() -> bool:
        return rig.is_stopped(name)

    await until(f"{name} to stop in its tracks", stopped, seconds=60)


async def _none(rig: Rig, sql: str) -> bool:
    try:
        return await rig.count(sql) == 0
    except asyncpg.PostgresError:
        return False
