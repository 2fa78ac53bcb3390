"""What operators may do."""

from datetime import timedelta
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import audit
from shared.consumer import Consumer, apply
from shared.db import Database, Tx
from shared.envelope import Envelope
from shared.operations.schemas import Retried
from shared.refusals import NotFound
from shared.relay import BATCH, KafkaPublisher
from shared.settings import ServiceSettings


class NothingParked(NotFound):
    """No event of this aggregate waits."""


async def retry(
    tx: Tx, consumer: Consumer, *, group: str, aggregate_type: str, aggregate_id: UUID
) -> Retried:
    """Put a key's events back, in order."""
    await _require_parked(tx, aggregate_type, aggregate_id)
    applied = await apply.retry_key(tx, consumer, (aggregate_type, aggregate_id), group=group)
    await audit.record(
        tx, action="parked.retried", subject_kind=aggregate_type, subject_id=aggregate_id
    )
    return Retried(
        applied=applied, still_parked=await _count_parked(tx, aggregate_type, aggregate_id)
    )


async def drop(
    tx: Tx, consumer: Consumer, *, group: str, aggregate_type: str, aggregate_id: UUID, why: str
) -> Retried:
    """Give up the key's first event and go on with the rest."""
    before = await _require_parked(tx, aggregate_type, aggregate_id)
    dropped = await apply.drop_head(tx, consumer, (aggregate_type, aggregate_id), group=group)
    await audit.record(
        tx,
        action="parked.dropped",
        subject_kind=aggregate_type,
        subject_id=aggregate_id,
        before={"event_id": dropped.event_id, "type": dropped.type} if dropped else None,
        why=why,
    )
    after = await _count_parked(tx, aggregate_type, aggregate_id)
    return Retried(applied=before - after - 1, still_parked=after)


async def _require_parked(tx: Tx, aggregate_type: str, aggregate_id: UUID) -> int:
    count = await _count_parked(tx, aggregate_type, aggregate_id)
    if not count:
        raise NothingParked
    return count


async def _count_parked(tx: Tx, aggregate_type: str, aggregate_id: UUID) -> int:
    return await tx.fetchval(
        "SELECT count(*) FROM parked WHERE aggregate_type = $1 AND aggregate_id = $2",
        aggregate_type,
        aggregate_id,
    )


async def shift_clock(tx: Tx, *, shift: timedelta) -> None:
    """Move the demo's clock."""
    await tx.execute("UPDATE clock SET shift = $1", shift)


async def replay(
    database: Database, settings: ServiceSettings, *, after: int, limit: int
) -> tuple[int, int]:
    """Send the feed to Kafka again: how many events, and the last position.

    Listeners that have heard an event drop it as a duplicate; a Kafka that was wiped is whole again.
    """
    publisher = KafkaPublisher(settings)
    await publisher.start()
    sent, position = 0, after
    try:
        while sent < limit:
            async with database.tx() as tx:
                rows = await tx.fetch(
                    """
                    SELECT position, event_id, aggregate_type, aggregate_id, sequence, type,
                           headers ->> 'traceparent' AS traceparent, occurred_at, payload
                      FROM feed
                     WHERE position > $1
                     ORDER BY position
                     LIMIT $2
                    """,
                    position,
                    min(BATCH, limit - sent),
                )
            if not rows:
                break
            await publisher.publish([Envelope(*event) for _, *event in rows])
            sent, position = sent + len(rows), rows[-1]["position"]
        return sent, position
    finally:
        await publisher.stop()


async def resume(tx: Tx, settings: ServiceSettings) -> int:
    """Let partitions that stopped go on from where their log begins; how many they were.

    What is missing in between comes again by replaying the feeds of the services that said it.
    """
    rows = await tx.fetch(
        """
        SELECT topic, partition
          FROM consumer_offset
         WHERE consumer_group = $1
           AND stopped_because IS NOT NULL
         ORDER BY topic, partition
           FOR UPDATE
        """,
        settings.service,
    )
    if not rows:
        return 0
    partitions = [TopicPartition(row["topic"], row["partition"]) for row in rows]
    begins = await _log_begins(settings, partitions)
    await tx.executemany(
        """
        UPDATE consumer_offset
           SET next_offset = $4, stopped_because = NULL
         WHERE consumer_group = $1
           AND topic = $2
           AND partition = $3
        """,
        [(settings.service, found.topic, found.partition, begins[found]) for found in partitions],
    )
    return len(rows)


async def _log_begins(
    settings: ServiceSettings, partitions: list[TopicPartition]
) -> dict[TopicPartition, int]:
    client: AIOKafkaConsumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap)
    await client.start()
    try:
        return await client.beginning_offsets(partitions)
    finally:
        await client.stop()
