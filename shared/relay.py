"""Carries the outbox to Kafka, in order, and writes the permanent feed.

It reads all visible rows in order of `seq`: no cursor and no snapshot fence, because those lose rows
that commit late or turn one aggregate's order around. Rows leave the outbox only after Kafka has
acknowledged them: while it takes the next ones. Two relays at once are safe; the advisory lock only
saves them double work.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder

from shared import envelope, metrics
from shared.db import TRANSIENT
from shared.envelope import Envelope
from shared.failpoints import failpoint
from shared.farewell import let_go_of_producer
from shared.kafka import partition_of
from shared.pauses import pauses
from shared.settings import ServiceSettings
from shared.tasks import is_told_to_end

log = structlog.get_logger()

BATCH = 1000
SEND_LIMIT = 20.0
"""Seconds within which Kafka has to acknowledge a batch, before everything starts anew."""

LOOK_EVERY = 1.0
"""Seconds between two counts of what waits, while there is more than a batch."""


class Publisher(Protocol):
    """Takes events, and says when they are durable, in their order per aggregate."""

    async def send(self, events: Sequence[Envelope]) -> Awaitable[object]:
        """Let them travel; what it returns is there when they have arrived."""
        ...


class Outbox(Protocol):
    """What waits to be carried."""

    async def visible(self, *, but: Sequence[int]) -> dict[int, Envelope]:
        """A batch of what waits, by the number it was written with, in the order to send it."""
        ...

    async def move(self, seqs: Sequence[int]) -> int:
        """Into the feed, once they are durable; how many nobody else had moved."""
        ...


class KafkaPublisher:
    """An idempotent producer. After any failure it is thrown away, never tried again."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._prefix, self._source = settings.topic_prefix, settings.service
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
        """Let go, whatever state the producer is in; what it has not sent is still in the table."""
        await let_go_of_producer(self._producer)

    async def publish(self, events: Sequence[Envelope]) -> None:
        """Send, and wait until they have arrived."""
        await (await self.send(events))

    async def send(self, events: Sequence[Envelope]) -> asyncio.Future[Any]:
        """Send in order; done when all replicas have them. Either may end in `TimeoutError`."""
        async with asyncio.timeout(SEND_LIMIT):
            sent: list[Any] = []
            for (topic, partition), batch in self._batches(events):
                sent.append(await self._producer.send_batch(batch, topic, partition=partition))
                await failpoint("relay.sending")
        await failpoint("relay.sent")
        arrived = asyncio.ensure_future(asyncio.wait_for(asyncio.gather(*sent), SEND_LIMIT))
        # Whoever fails before they arrive throws the producer away and does not ask any more.
        arrived.add_done_callback(lambda done: done.cancelled() or done.exception())
        return arrived

    def _batches(self, events: Sequence[Envelope]) -> Iterator[tuple[TopicPartition, BatchBuilder]]:
        """The events of each partition in their order; a batch that is full before the next one."""
        open_batches: dict[TopicPartition, BatchBuilder] = {}
        for event in events:
            partition = partition_of(event.aggregate_type, event.aggregate_id)
            place = TopicPartition(f"{self._prefix}{event.aggregate_type}", partition)
            batch = open_batches.get(place)
            if batch is not None and self._add(event, batch):
                continue
            if batch is not None:
                yield place, batch
            batch = open_batches[place] = self._producer.create_batch()
            self._add(event, batch)
        yield from open_batches.items()

    def _add(self, event: Envelope, batch: BatchBuilder) -> bool:
        """Whether there was room for it; the first event always fits."""
        return None is not batch.append(
            timestamp=None,
            key=str(event.aggregate_id).encode(),
            value=event.payload,
            headers=envelope.headers(event, source=self._source),
        )


class OutboxTable:
    """The outbox of one service, over a connection of its own."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def visible(self, *, but: Sequence[int]) -> dict[int, Envelope]:
        """All rows that are committed, oldest first: no cursor, no fence."""
        rows = await self._connection.fetch(
            """
            SELECT seq, event_id, aggregate_type, aggregate_id, sequence, type,
                   coalesce(headers ->> 'traceparent', ''), occurred_at, payload
              FROM outbox
             WHERE seq <> ALL($1::bigint[])
             ORDER BY seq
             LIMIT $2
            """,
            but,
            BATCH,
        )
        return {seq: Envelope(*event) for seq, *event in rows}

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
                UPDATE feed_head
                   SET position = $2 + (SELECT count(*) FROM added)
             RETURNING position - $2
                """,
                seqs,
                head,
            )
            await failpoint("relay.moved")
        metrics.RELAYED.inc(moved)
        return moved

    async def depth(self) -> int:
        """How many events wait."""
        return await self._connection.fetchval("SELECT count(*) FROM outbox")


async def pump(outbox: Outbox, publisher: Publisher, arrived: Sequence[int] = ()) -> list[int]:
    """Send a batch, and while it travels move the one before it into the feed; what has arrived now.

    Hand that to the next call: nothing leaves the outbox before Kafka has acknowledged it, and nothing
    that it has is sent again. `tests/simulation` runs this very function against a model of PostgreSQL
    and of Kafka.
    """
    rows, travelling = await outbox.visible(but=arrived), None
    if rows:
        await failpoint("relay.selected")
        travelling = await publisher.send(list(rows.values()))
    if arrived:
        await outbox.move(arrived)
        await failpoint("relay.committed")
    if travelling is not None:
        await travelling
        await failpoint("relay.acknowledged")
    return list(rows)


async def run(settings: ServiceSettings, *, stop: asyncio.Event, announced: asyncio.Event) -> None:
    """Carry events until told to stop; every failure begins anew from the table, with a new producer."""
    rests = pauses()
    while not stop.is_set():
        try:
            await _term(settings, stop=stop, announced=announced)
        except (Exception, asyncio.CancelledError) as problem:
            if is_told_to_end():
                raise
            metrics.RELAY_FAILURES.inc()
            log.warning("relay_began_anew", reason=repr(problem))
            await _wait(stop, next(rests))


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
            if await _wait(stop, 0.2):
                return
        metrics.OUTBOX_DEPTH.set(await OutboxTable(connection).depth())
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
    outbox, idle, arrived, looked_at = OutboxTable(connection), 0.02, list[int](), 0.0
    while not stop.is_set():
        announced.clear()
        arrived = await pump(outbox, publisher, arrived)
        if len(arrived) < BATCH:
            metrics.OUTBOX_DEPTH.set(0)
        elif monotonic() - looked_at > LOOK_EVERY:
            looked_at = monotonic()
            metrics.OUTBOX_DEPTH.set(await outbox.depth())
        if arrived:
            idle = 0.02
            continue
        with suppress(TimeoutError):
            await asyncio.wait_for(announced.wait(), idle)
        idle = min(idle * 2, 0.2)
    await outbox.move(arrived)


async def connect(settings: ServiceSettings) -> "asyncpg.Connection[Any]":
    """A session that the server ends when its relay is paused, so that the lock is free again.

    Also when it was paused between two messages of one query, or while it read: the server is not
    idle then, but in a transaction, or waiting for its answer to be taken.
    """
    return await asyncpg.connect(
        settings.database_url,
        command_timeout=10,
        timeout=10,
        server_settings={
            "search_path": settings.service,
            "application_name": f"{settings.service}-relay",
            "idle_session_timeout": "5s",
            "transaction_timeout": "5s",
            "tcp_user_timeout": "5s",
            "timezone": "UTC",
        },
    )


async def _wait(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
