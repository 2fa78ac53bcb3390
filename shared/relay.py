"""Carries the outbox to Kafka, in order, and writes the permanent feed.

It reads all visible rows in order of `seq`: no cursor and no snapshot fence, because those lose rows
that commit late or turn one aggregate's order around. Rows leave the outbox only after Kafka has
acknowledged them. Two relays at once are safe; the advisory lock only saves them double work.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer

from shared import envelope, metrics
from shared.db import TRANSIENT
from shared.envelope import Envelope
from shared.failpoints import failpoint
from shared.kafka import partition_of
from shared.settings import ServiceSettings
from shared.tasks import is_told_to_end

log = structlog.get_logger()

BATCH = 1000
SEND_LIMIT = 20.0
"""Seconds within which Kafka has to acknowledge a batch, before everything starts anew."""


class Publisher(Protocol):
    """Takes events and returns when they are durable, in their order per aggregate."""

    async def publish(self, events: Sequence[Envelope]) -> None: ...


class Outbox(Protocol):
    """What waits to be carried."""

    async def visible(self) -> dict[int, Envelope]:
        """A batch of what waits, by the number it was written with, in the order to send it."""
        ...

    async def move(self, seqs: Sequence[int]) -> int:
        """Into the feed, once they are durable; how many nobody else had moved."""
        ...


class KafkaPublisher:
    """An idempotent producer. After any failure it is thrown away, never tried again."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap,
            client_id=f"{settings.service}-relay",
            enable_idempotence=True,
            acks="all",
            linger_ms=0,
            max_batch_size=262_144,
            request_timeout_ms=15_000,
            metadata_max_age_ms=30_000,
        )

    async def start(self) -> None:
        """Connect; raises `aiokafka.errors.KafkaError` or `TimeoutError` when no broker answers."""
        await asyncio.wait_for(self._producer.start(), 30)

    async def stop(self) -> None:
        """Let go within three seconds, whatever state the producer is in."""
        with suppress(Exception):
            await asyncio.wait_for(self._producer.stop(), 3)

    async def publish(self, events: Sequence[Envelope]) -> None:
        """Send in order and wait until all replicas have them; raises `TimeoutError` when it takes long."""
        async with asyncio.timeout(SEND_LIMIT):
            sent = [
                await self._producer.send(
                    f"{self._settings.topic_prefix}{event.aggregate_type}",
                    event.payload,
                    key=str(event.aggregate_id).encode(),
                    partition=partition_of(event.aggregate_type, event.aggregate_id),
                    headers=envelope.headers(event, source=self._settings.service),
                )
                for event in events
            ]
            await failpoint("relay.sent")
            await asyncio.gather(*sent)


class OutboxTable:
    """The outbox of one service, over a connection of its own."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def visible(self) -> dict[int, Envelope]:
        """All rows that are committed, oldest first: no cursor, no fence."""
        rows = await self._connection.fetch(
            """
            SELECT seq, event_id, aggregate_type, aggregate_id, sequence, type,
                   headers::text AS headers, payload, occurred_at
              FROM outbox
             ORDER BY seq
             LIMIT $1
            """,
            BATCH,
        )
        return {row["seq"]: _envelope(row) for row in rows}

    async def move(self, seqs: Sequence[int]) -> int:
        """Number them without a hole, under the lock of `feed_head`."""
        async with self._connection.transaction():
            # The lock comes first and alone: the next statement then sees what another relay has done.
            head = await self._connection.fetchval("SELECT position FROM feed_head FOR UPDATE")
            moved = await self._connection.fetchval(
                """
                WITH gone AS (
                    DELETE FROM outbox
                     WHERE seq = ANY($1::bigint[])
                 RETURNING *
                ), added AS (
                    INSERT INTO feed (position, event_id, aggregate_type, aggregate_id, sequence,
                                      type, headers, payload, occurred_at)
                    SELECT $2 + row_number() OVER (ORDER BY seq), event_id, aggregate_type,
                           aggregate_id, sequence, type, headers, payload, occurred_at
                      FROM gone
                 RETURNING 1
                )
                SELECT count(*) FROM added
                """,
                seqs,
                head,
            )
            await failpoint("relay.moved")
            await self._connection.execute("UPDATE feed_head SET position = $1", head + moved)
        return moved


def _envelope(row: asyncpg.Record) -> Envelope:
    return Envelope(
        event_id=row["event_id"],
        aggregate_type=row["aggregate_type"],
        aggregate_id=row["aggregate_id"],
        sequence=row["sequence"],
        type=row["type"],
        traceparent=orjson.loads(row["headers"]).get("traceparent", ""),
        occurred_at=row["occurred_at"],
        payload=row["payload"],
    )


async def pump(outbox: Outbox, publisher: Publisher) -> int:
    """Carry one batch from the outbox to Kafka and into the feed; how many rows were sent.

    `tests/simulation` runs this very function against a model of PostgreSQL and of Kafka.
    """
    rows = await outbox.visible()
    if not rows:
        return 0
    await failpoint("relay.selected")
    await publisher.publish(list(rows.values()))
    await failpoint("relay.acknowledged")
    moved = await outbox.move(list(rows))
    await failpoint("relay.committed")
    metrics.RELAYED.inc(moved)
    return len(rows)


async def run(settings: ServiceSettings, *, stop: asyncio.Event, announced: asyncio.Event) -> None:
    """Carry events until told to stop; every failure begins anew from the table, with a new producer."""
    pause = 0.2
    while not stop.is_set():
        try:
            await _term(settings, stop=stop, announced=announced)
            pause = 0.2
        except (Exception, asyncio.CancelledError) as problem:
            if is_told_to_end():
                raise
            metrics.RELAY_FAILURES.inc()
            log.warning("relay_began_anew", reason=repr(problem))
            await _wait(stop, pause)
            pause = min(pause * 2, 2.0)


async def _term(
    settings: ServiceSettings, *, stop: asyncio.Event, announced: asyncio.Event
) -> None:
    """One term of office: a connection, the lock, and a producer of its own."""
    connection = await connect(settings)
    publisher = KafkaPublisher(settings)
    try:
        while not await connection.fetchval(
            "SELECT pg_try_advisory_lock(hashtext('shangji.relay'), hashtext(current_schema()))"
        ):
            if await _wait(stop, 0.5):
                return
        await publisher.start()
        log.info("relay_started")
        await _carry(connection, publisher, stop=stop, announced=announced)
    finally:
        await publisher.stop()
        with suppress(*TRANSIENT, asyncpg.PostgresError):
            await connection.close(timeout=2)


async def _carry(
    connection: "asyncpg.Connection[Any]",
    publisher: Publisher,
    *,
    stop: asyncio.Event,
    announced: asyncio.Event,
) -> None:
    outbox, idle = OutboxTable(connection), 0.02
    while not stop.is_set():
        announced.clear()
        sent = await pump(outbox, publisher)
        metrics.OUTBOX_DEPTH.set(sent)
        if sent:
            idle = 0.02
            continue
        with suppress(TimeoutError):
            await asyncio.wait_for(announced.wait(), idle)
        idle = min(idle * 2, 0.2)


async def connect(settings: ServiceSettings) -> "asyncpg.Connection[Any]":
    """A session that the server ends when its relay is paused, so that the lock is free again."""
    return await asyncpg.connect(
        settings.database_url,
        command_timeout=10,
        timeout=10,
        server_settings={
            "search_path": settings.service,
            "application_name": f"{settings.service}-relay",
            "idle_session_timeout": "5s",
            "idle_in_transaction_session_timeout": "5s",
            "timezone": "UTC",
        },
    )


async def _wait(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
