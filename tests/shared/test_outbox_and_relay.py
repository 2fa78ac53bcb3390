"""Events leave in order, none is lost, and the feed has no holes."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from shangji.infra.bootstrap import DatabaseAccess
from shared import outbox, relay
from shared.contracts.leads import LeadTouched
from shared.db import Database
from shared.envelope import Envelope
from shared.settings import ServiceSettings
from tests.support.waiting import until

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Numbered:
    sequence: int


@dataclass
class Collector:
    """A publisher that remembers, and fails when it is told to."""

    published: list[Envelope] = field(default_factory=list)
    failures: int = 0

    async def send(self, events: Sequence[Envelope]) -> Awaitable[None]:
        return self._take(events)

    async def _take(self, events: Sequence[Envelope]) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker went away")
        self.published.extend(events)


def touched(lead_id: UUID) -> LeadTouched:
    return LeadTouched(lead_id=lead_id, submission_id=uuid4(), channel="web", touched_at=NOW)


async def announce(leads: Database, lead_id: UUID, sequence: int) -> None:
    async with leads.tx() as tx:
        await outbox.append(tx, Numbered(sequence), [touched(lead_id)], at=NOW)


async def connect(database: DatabaseAccess) -> "asyncpg.Connection[asyncpg.Record]":
    return await relay.connect(
        ServiceSettings(service="leads", database_url=database.app_url("leads"))
    )


async def test_a_transaction_that_fails_says_nothing(leads: Database):
    async def fail() -> None:
        async with leads.tx() as tx:
            await outbox.append(tx, Numbered(1), [touched(uuid4())], at=NOW)
            raise RuntimeError("after the event was written")

    with pytest.raises(RuntimeError):
        await fail()

    async with leads.tx() as tx:
        assert await outbox.depth(tx) == 0


async def test_two_writers_of_one_sequence_cannot_both_commit(leads: Database):
    lead = uuid4()

    await announce(leads, lead, 1)

    with pytest.raises(asyncpg.UniqueViolationError):
        await announce(leads, lead, 1)


async def test_what_kafka_did_not_take_is_sent_again(leads: Database, database: DatabaseAccess):
    lead, collector = uuid4(), Collector(failures=1)
    await announce(leads, lead, 1)
    connection = await connect(database)

    with pytest.raises(ConnectionError):
        await relay.pump(relay.OutboxTable(connection), collector)
    await relay.pump(relay.OutboxTable(connection), collector)

    assert [event.aggregate_id for event in collector.published] == [lead]
    await connection.close()


async def test_a_row_leaves_the_outbox_when_kafka_has_it_and_the_next_one_travels(
    leads: Database, database: DatabaseAccess
):
    first, second, collector = uuid4(), uuid4(), Collector()
    connection = await connect(database)
    outbox_table = relay.OutboxTable(connection)

    await announce(leads, first, 1)
    arrived = await relay.pump(outbox_table, collector)
    waiting = [await outbox_table.depth()]
    await announce(leads, second, 1)
    arrived = await relay.pump(outbox_table, collector, arrived)
    waiting += [await outbox_table.depth()]
    await relay.pump(outbox_table, collector, arrived)
    waiting += [await outbox_table.depth()]

    assert [event.aggregate_id for event in collector.published] == [first, second]
    assert waiting == [1, 1, 0]
    await connection.close()


async def test_events_too_large_for_one_batch_go_in_several_and_keep_their_order():
    publisher = relay.KafkaPublisher(ServiceSettings(service="leads", database_url=""))
    lead = uuid4()
    events = [large(lead, sequence) for sequence in range(1, 6)]

    batches = [batch for _, batch in publisher._batches(events)]

    assert [batch.record_count() for batch in batches] == [2, 2, 1]
    await publisher.stop()


def large(lead_id: UUID, sequence: int) -> Envelope:
    return Envelope(
        event_id=uuid4(),
        aggregate_type="lead",
        aggregate_id=lead_id,
        sequence=sequence,
        type="lead.touched.v1",
        traceparent="",
        occurred_at=NOW,
        payload=bytes(120_000),
    )


async def test_two_relays_at_once_lose_nothing_and_keep_each_leads_order(
    leads: Database, database: DatabaseAccess
):
    """The writers take their transaction id before they lock the lead: what broke a fenced relay."""
    ids = [uuid4() for _ in range(12)]
    collectors = Collector(), Collector()
    done = asyncio.Event()
    locks = {lead: asyncio.Lock() for lead in ids}
    sequences: dict[UUID, int] = defaultdict(int)
    dice = random.Random(7)  # noqa: S311 - a seed, so that a failure can be seen again

    async def write(count: int) -> None:
        for _ in range(count):
            lead = dice.choice(ids)
            async with leads.tx() as tx:
                await tx.fetchval("SELECT pg_current_xact_id()")
                async with locks[lead]:
                    sequences[lead] += 1
                    await outbox.append(tx, Numbered(sequences[lead]), [touched(lead)], at=NOW)
                    await tx.execute("COMMIT; BEGIN")

    async def carry(collector: Collector) -> None:
        connection, sent, finished = await connect(database), list[int](), False
        while sent or not finished:
            finished = done.is_set()
            sent = await relay.pump(relay.OutboxTable(connection), collector, sent)
            await asyncio.sleep(0)
        await connection.close()

    carriers = [asyncio.create_task(carry(collector)) for collector in collectors]
    await asyncio.gather(*(write(40) for _ in range(8)))
    done.set()
    await asyncio.gather(*carriers)

    async with leads.tx() as tx:
        feed = await tx.fetch("SELECT position, aggregate_id, sequence FROM feed ORDER BY position")
        waiting = await outbox.depth(tx)
    assert waiting == 0
    assert [row["position"] for row in feed] == list(range(1, 8 * 40 + 1))
    for lead in ids:
        own = [row["sequence"] for row in feed if row["aggregate_id"] == lead]
        assert own == list(range(1, sequences[lead] + 1))
    for collector in collectors:
        for lead in ids:
            own = [event.sequence for event in collector.published if event.aggregate_id == lead]
            assert own == sorted(own)


@pytest.mark.parametrize("prepared", [True, False], ids=["while it reads", "while it asks"])
async def test_a_relay_that_is_paused_gives_up_its_lock(database: DatabaseAccess, prepared: bool):
    paused, standby = await connect(database), await connect(database)
    question = "SELECT repeat('x', 100000) FROM generate_series(1, $1::int)"
    await paused.execute("SELECT pg_advisory_lock(1)")
    if prepared:
        await paused.fetch(question, 1)

    paused._transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue] - as if it stood still
    asking = asyncio.create_task(paused.fetch(question, 1000, timeout=60))
    await until("the lock", lambda: standby.fetchval("SELECT pg_try_advisory_lock(1)"))

    paused.terminate()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await asking
    await standby.close()
