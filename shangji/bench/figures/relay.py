"""The relay beside a bare producer: the same events, to the same broker, on topics of their own."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from shangji.bench import backlog
from shangji.bench.measurement import Measurement
from shangji.bench.plan import Plan
from shangji.bench.yard import SCHEMA, Yard
from shangji.progress import Bar
from shared import envelope, relay, topics
from shared.kafka import partition_of
from shared.settings import ServiceSettings

LIMIT = "idempotent aiokafka producer, the same messages"
TABLES = f"""
CREATE TABLE {SCHEMA}.outbox (LIKE leads.outbox INCLUDING ALL);
CREATE TABLE {SCHEMA}.feed (LIKE leads.feed INCLUDING ALL);
CREATE TABLE {SCHEMA}.feed_head (LIKE leads.feed_head INCLUDING ALL);
INSERT INTO {SCHEMA}.feed_head DEFAULT VALUES;
"""
PREPARE = f"""
TRUNCATE {SCHEMA}.outbox, {SCHEMA}.feed;
INSERT INTO {SCHEMA}.outbox
       (event_id, aggregate_type, aggregate_id, sequence, type, headers, payload, occurred_at)
SELECT event_id, aggregate_type, aggregate_id, sequence, type, headers, payload, occurred_at
  FROM leads.feed
 ORDER BY position;
ANALYZE {SCHEMA}.outbox;
CHECKPOINT;
"""  # noqa: S608 - a name of our own

Message = dict[str, Any]


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Seconds to carry everything that leads said, from the outbox to Kafka and into the feed."""
    await backlog.bring_in(yard, backlog.write(yard, plan.leads))
    await yard.admin.execute(TABLES)
    await topics.ensure(yard.settings)
    raw: list[float] = []
    carried: list[float] = []
    for number in range(-1, plan.repeat):
        bar.at("relay, round", max(0, number), plan.repeat)
        await yard.settle()
        await _execute_each(yard.admin, PREPARE)
        rates = (await _bare(yard), await _carry(yard.settings))
        if number >= 0:
            raw.append(rates[0])
            carried.append(rates[1])
    return [
        Measurement.beside(
            raw,
            LIMIT,
            value=carried,
            figure="relay",
            what="outbox → Kafka → feed",
            unit="events/s",
            aim="≥ 0.7 of the limit",
        )
    ]


async def _execute_each(connection: "asyncpg.Connection[Any]", script: str) -> None:
    """Run a script whose statements may not share a transaction."""
    for statement in script.split(";"):
        if statement.strip():
            await connection.execute(statement)


async def _carry(settings: ServiceSettings) -> float:
    """The platform's own pump until nothing is left; events in a second."""
    connection = await relay.connect(settings)
    publisher = relay.KafkaPublisher(settings)
    try:
        await publisher.start()
        outbox, events, sent = relay.OutboxTable(connection), 0, list[int]()
        began = perf_counter()
        while sent := await relay.pump(outbox, publisher, sent):
            events += len(sent)
        return events / (perf_counter() - began)
    finally:
        await publisher.stop()
        await connection.close()


async def _bare(yard: Yard) -> float:
    """Messages that lie ready in memory, as fast as the producer takes them."""
    messages = await _messages(yard)
    producer = AIOKafkaProducer(
        bootstrap_servers=yard.settings.kafka_bootstrap,
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=262_144,
    )
    await producer.start()
    try:
        began = perf_counter()
        for first in range(0, len(messages), relay.BATCH):
            batch = messages[first : first + relay.BATCH]
            await asyncio.gather(*[await producer.send(**message) for message in batch])
        return len(messages) / (perf_counter() - began)
    finally:
        await producer.stop()


async def _messages(yard: Yard) -> list[Message]:
    connection = await relay.connect(yard.settings)
    try:
        rows = await connection.fetch("SELECT * FROM outbox ORDER BY seq")
    finally:
        await connection.close()
    events = [
        envelope.Envelope(
            **{name: row[name] for name in ("event_id", "aggregate_type", "aggregate_id")},
            **{name: row[name] for name in ("sequence", "type", "occurred_at", "payload")},
            traceparent="",
        )
        for row in rows
    ]
    return [
        {
            "topic": f"{yard.settings.topic_prefix}{event.aggregate_type}",
            "value": event.payload,
            "key": str(event.aggregate_id).encode(),
            "partition": partition_of(event.aggregate_type, event.aggregate_id),
            "headers": envelope.headers(event, source=SCHEMA),
        }
        for event in events
    ]
