"""The consumer's conversation with Kafka. PostgreSQL decides where it stands; Kafka only delivers."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared import envelope, metrics
from shared.consumer import apply, store
from shared.consumer.registry import Consumer
from shared.consumer.store import Place, Position, Tally
from shared.contracts.topics import heard_by
from shared.db import TRANSIENT, Database, Tx
from shared.failpoints import failpoint
from shared.farewell import let_go_of_consumer
from shared.kafka import topic_ids
from shared.pauses import pauses
from shared.settings import ServiceSettings
from shared.tasks import is_told_to_end

log = structlog.get_logger()

BATCH = 1000
STUCK_AFTER = 30.0
"""Seconds with messages waiting and none taken, after which the consumer is made anew."""

ASK_EVERY = 10.0
"""Seconds after which a client asks whether its topics are still the same."""

HINT_EVERY = 1.0
"""Seconds between two hints to Kafka about where the group stands."""

Record = ConsumerRecord[bytes | None, bytes | None]
Polled = Mapping[TopicPartition, Sequence[Record]]


class Stuck(Exception):
    """The consumer is alive but takes nothing."""


class MadeAnew(Exception):
    """A topic is another one than before: what was polled may be of the old one."""


class ConsumerLoop:
    """Hears all topics of one service as one consumer group."""

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        consumer: Consumer,
        *,
        group: str = "",
        static: bool = True,
    ) -> None:
        self._settings = settings
        self._database = database
        self._consumer = consumer
        self._group = group or settings.service
        self._static = static
        self._aggregate_of = {
            topic.name(settings.topic_prefix): topic.aggregate_type
            for topic in heard_by(settings.service)
        }
        self._topics = {kind: name for name, kind in self._aggregate_of.items()}
        self._topic_ids: dict[str, UUID] = {}
        self.reached: dict[TopicPartition, int] = {}
        """Where it has come to since it last told Kafka."""
        self._progress_at = monotonic()
        self._asked_at = monotonic()

    @property
    def topics(self) -> list[str]:
        """The names of the topics it hears."""
        return list(self._aggregate_of)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; every failure throws the client away and starts a new one."""
        rests = pauses()
        while not stop.is_set():
            try:
                await self._session(stop)
            except (Exception, asyncio.CancelledError) as problem:
                if is_told_to_end():
                    raise
                metrics.CONSUMER_RESTARTS.labels(type(problem).__name__).inc()
                log.warning("consumer_began_anew", reason=repr(problem))
                # A static member is handed its old partitions back, also when those are the trouble.
                self._static = self._static and not isinstance(problem, Stuck)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), next(rests))

    def _client(self) -> AIOKafkaConsumer:
        settings = self._settings
        return AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            client_id=f"{self._group}-{settings.instance}",
            group_id=f"{settings.topic_prefix}{self._group}",
            group_instance_id=f"{self._group}-{settings.instance}" if self._static else None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_poll_interval_ms=86_400_000,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_500,
            request_timeout_ms=15_000,
            metadata_max_age_ms=30_000,
            fetch_max_wait_ms=250,
            max_partition_fetch_bytes=2_097_152,
        )

    async def _session(self, stop: asyncio.Event) -> None:
        client = self._client()
        hints = asyncio.create_task(self._leave_hints(client))
        try:
            await asyncio.wait_for(client.start(), 30)
            await self._learn_topics(client)
            client.subscribe(self.topics, listener=_Assigned(self, client))
            await self._retry_newly_known()
            log.info("consumer_started", group=self._group, topics=len(self.topics))
            self._progress_at = monotonic()
            while not stop.is_set():
                await self.turn(client)
        finally:
            hints.cancel()
            await let_go_of_consumer(client)

    async def _leave_hints(self, client: AIOKafkaConsumer) -> None:
        """Tell Kafka where we are, for tools that show lag: the position that counts is in PostgreSQL."""
        while not is_told_to_end():
            await asyncio.sleep(HINT_EVERY)
            reached, self.reached = self.reached, {}
            with suppress(Exception, asyncio.CancelledError):
                held = client.assignment()
                await client.commit({where: at for where, at in reached.items() if where in held})

    async def turn(self, client: AIOKafkaConsumer) -> None:
        """Poll once and take it; when a topic is another one, drop it and begin where we stand."""
        try:
            if monotonic() - self._asked_at > ASK_EVERY:
                await self._ask_topics(client)
            polled = await client.getmany(timeout_ms=250, max_records=BATCH)
            await failpoint("consumer.polled")
            if polled:
                await self._take(client, polled)
                self._progress_at = monotonic()
                if self._consumer.rest and sum(map(len, polled.values())) < BATCH:
                    await asyncio.sleep(self._consumer.rest)
            else:
                await self._watch(client)
        except MadeAnew:
            await self.begin(client, client.assignment())

    async def _learn_topics(self, client: AIOKafkaConsumer) -> None:
        """The incarnations of all topics; raises `LookupError` while one of them does not exist."""
        self._topic_ids = await topic_ids(client._client, self.topics)  # noqa: SLF001
        missing = set(self.topics) - self._topic_ids.keys()
        if missing:
            raise LookupError(f"topics do not exist: {', '.join(sorted(missing))}")
        self._asked_at = monotonic()

    async def _ask_topics(self, client: AIOKafkaConsumer) -> None:
        """Raise `MadeAnew` when a topic is another one; one that is not there now may come back."""
        found = await topic_ids(client._client, self.topics)  # noqa: SLF001
        self._asked_at = monotonic()
        known, self._topic_ids = self._topic_ids, self._topic_ids | found
        if known != self._topic_ids:
            raise MadeAnew

    async def begin(self, client: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> None:
        """Go to where PostgreSQL says that the group stands, whatever Kafka was told."""
        async with self._database.tx() as tx:
            positions = await store.positions(tx, group=self._group)
        for partition in set(partitions) & client.assignment():
            topic_id = self._topic_ids[partition.topic]
            first_time = Position(topic_id=topic_id, next_offset=0)
            position = positions.get((partition.topic, partition.partition), first_time)
            client.seek(partition, _in_this_incarnation(position, topic_id).next_offset)

    async def _watch(self, client: AIOKafkaConsumer) -> None:
        """Raise `Stuck` when messages wait but none came for too long (aiokafka 1154, 847, 625)."""
        if client.paused() and await self._was_told_to_go_on(client):
            raise Stuck("a partition that had stopped may go on")
        if monotonic() - self._progress_at < STUCK_AFTER:
            return
        partitions = [
            TopicPartition(name, number)
            for name in self.topics
            for number in client.partitions_for_topic(name) or ()
        ]
        ends = await client.end_offsets(partitions)
        async with self._database.tx() as tx:
            behind = await self._behind(tx, ends)
        if behind:
            raise Stuck(f"{behind} messages wait")
        self._progress_at = monotonic()

    async def _was_told_to_go_on(self, client: AIOKafkaConsumer) -> bool:
        async with self._database.tx() as tx:
            stopped = await tx.fetchval(
                """
                SELECT count(*)
                  FROM consumer_offset
                 WHERE consumer_group = $1
                   AND stopped_because IS NOT NULL
                """,
                self._group,
            )
        return stopped < len(client.paused())

    async def _behind(self, tx: Tx, ends: dict[TopicPartition, int]) -> int:
        rows = await tx.fetch(
            """
            SELECT topic, partition, next_offset
              FROM consumer_offset
             WHERE consumer_group = $1
               AND stopped_because IS NULL
            """,
            self._group,
        )
        reached = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        return sum(
            max(0, end - reached.get((partition.topic, partition.partition), 0))
            for partition, end in ends.items()
        )

    async def _retry_newly_known(self) -> None:
        """Events that waited for a release that knows their version: this one may."""
        async with self._database.tx() as tx:
            keys = await store.keys_waiting_for(tx, group=self._group, reason="unknown_version")
        for key in keys:
            async with self._database.tx() as tx:
                await apply.retry_key(tx, self._consumer, key, group=self._group)

    async def _take(self, client: AIOKafkaConsumer, polled: Polled) -> None:
        """Apply what was polled in one transaction; wait and try again while the road is bad."""
        rests = pauses()
        while True:
            try:
                seeks = await self.take_once(client, polled)
                break
            except TRANSIENT as problem:
                log.warning("batch_began_anew", topics=len(polled), reason=repr(problem))
                await asyncio.sleep(next(rests))
        await failpoint("consumer.committed")
        for partition, records in polled.items():
            if partition not in seeks:
                self.reached[partition] = records[-1].offset + 1
            elif partition in client.assignment():
                client.seek(partition, seeks[partition])

    async def take_once(
        self, client: AIOKafkaConsumer | None, polled: Polled
    ) -> dict[TopicPartition, int]:
        """Apply and store the positions; the offsets to seek to, where Kafka is ahead of them.

        Without a client the records come from a log in memory that is never ahead.
        """
        seeks: dict[TopicPartition, int] = {}
        async with self._database.tx() as tx:
            positions = await self._lock_positions(tx, client, polled)
            if client is not None:
                for partition, records in polled.items():
                    if records[0].offset > positions[partition].next_offset:
                        seeks[partition] = await self._go_back(
                            client, tx, partition, positions[partition]
                        )
            fresh = {
                partition: [r for r in records if r.offset >= positions[partition].next_offset]
                for partition, records in polled.items()
                if partition not in seeks
            }
            moved: dict[Place, Position] = {
                partition: replace(
                    positions[partition], next_offset=records[-1].offset + 1, stopped_because=None
                )
                for partition, records in fresh.items()
                if records
            }
            tallies = await self.take(tx, fresh)
            if moved:
                await store.go_on(tx, moved, tallies, group=self._group)
            await failpoint("consumer.before_commit")
        return seeks

    async def _lock_positions(
        self, tx: Tx, client: AIOKafkaConsumer | None, polled: Polled
    ) -> dict[Place, Position]:
        """Where each partition stands in the present incarnation of its topic; ours until the end."""
        topic_ids: dict[Place, UUID] = {where: self._topic_ids[where.topic] for where in polled}
        found = await store.lock_positions(tx, topic_ids, group=self._group)
        if client is not None and any(
            records[0].offset < found[partition].next_offset
            for partition, records in polled.items()
        ):
            await self._ask_topics(client)
        return {
            place: _in_this_incarnation(position, self._topic_ids[place[0]])
            for place, position in found.items()
        }

    async def _go_back(
        self,
        client: AIOKafkaConsumer,
        tx: Tx,
        partition: TopicPartition,
        position: Position,
    ) -> int:
        """Kafka is ahead: seek back, or stop loudly when the log no longer holds what is missing."""
        begins = (await client.beginning_offsets([partition]))[partition]
        if begins <= position.next_offset:
            return position.next_offset
        reason = (
            f"the log of {partition.topic}/{partition.partition} begins at {begins}, "
            f"but {position.next_offset} has not been heard: run `shangji replay`"
        )
        log.error("partition_stopped", topic=partition.topic, reason=reason)
        await store.save_position(
            tx,
            replace(position, stopped_because=reason),
            group=self._group,
            topic=partition.topic,
            partition=partition.partition,
        )
        client.pause(partition)
        return position.next_offset

    async def take(self, tx: Tx, polled: Polled) -> dict[Place, Tally]:
        """Bury what cannot be read, apply the rest."""
        readable: list[envelope.Envelope] = []
        dead: list[Place] = []
        for partition, records in polled.items():
            for record in records:
                try:
                    readable.append(self._read(partition, record))
                except (envelope.Unreadable, UnicodeDecodeError) as problem:
                    dead.append(partition)
                    await self._bury(tx, partition.topic, record, str(problem))
        if not readable and not dead:
            return {}
        tallies = await apply.apply_batch(
            tx, self._consumer, readable, group=self._group, topics=self._topics
        )
        for place in dead:
            tallies[place] = replace(found := tallies.get(place, Tally()), dead=found.dead + 1)
        _count(tallies)
        return tallies

    def _read(self, partition: TopicPartition, record: Record) -> envelope.Envelope:
        return envelope.read(
            record.headers,
            record.value,
            partition=record.partition,
            offset=record.offset,
            aggregate_type=self._aggregate_of[partition.topic],
        )

    async def _bury(self, tx: Tx, topic: str, record: Record, reason: str) -> None:
        log.error("message_buried", topic=topic, offset=record.offset, reason=reason)
        await store.bury(
            tx,
            group=self._group,
            topic=topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason.replace("\x00", "�"),
            key=record.key,
            value=record.value,
            headers={
                name: (value or b"").decode("latin-1").replace("\x00", "�")
                for name, value in record.headers
            },
        )


class _Assigned(ConsumerRebalanceListener):
    """Begins each partition that is assigned where PostgreSQL says."""

    def __init__(self, loop: ConsumerLoop, client: AIOKafkaConsumer) -> None:
        self._loop = loop
        self._client = client

    async def on_partitions_revoked(  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka awaits it
        self, revoked: Collection[TopicPartition]
    ) -> None:
        """Nothing to hand over: the position is stored with each batch."""

    async def on_partitions_assigned(  # pyright: ignore[reportIncompatibleMethodOverride] - aiokafka awaits it
        self, assigned: Collection[TopicPartition]
    ) -> None:
        """Seek; when the database does not answer, the first batch seeks."""
        with suppress(*TRANSIENT):
            await self._loop.begin(self._client, assigned)


def _in_this_incarnation(position: Position, topic_id: UUID) -> Position:
    """A topic that was made anew starts at 0; sequences tell which of its events were heard before."""
    if position.topic_id == topic_id:
        return position
    log.warning("topic_made_anew", topic_id=str(topic_id))
    return Position(topic_id=topic_id, next_offset=0)


def _count(tallies: Mapping[Place, Tally]) -> None:
    for (topic, _), tally in tallies.items():
        metrics.APPLIED.labels(topic).inc(tally.applied)
        metrics.DUPLICATES.labels(topic).inc(tally.duplicate)
        metrics.SKIPPED.labels(topic).inc(tally.skipped)
        metrics.DEAD_LETTERS.labels(topic).inc(tally.dead)
