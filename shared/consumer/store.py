"""What a consumer group remembers: positions, the last sequence of each aggregate, what waits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import asyncpg

from shared.consumer.plan import Key, ParkedEvent, Reason
from shared.db import Tx
from shared.envelope import Envelope


@dataclass(frozen=True, kw_only=True)
class Position:
    """The next offset a group wants from a partition of one incarnation of a topic."""

    topic_id: UUID
    next_offset: int
    stopped_because: str | None = None


@dataclass(kw_only=True)
class Tally:
    """What became of the messages of one batch."""

    applied: int = 0
    duplicate: int = 0
    skipped: int = 0
    parked: int = 0
    dead: int = 0


async def lock_position(
    tx: Tx, *, group: str, topic: str, partition: int, topic_id: UUID
) -> Position:
    """Lock and read the group's position; a partition seen for the first time starts at 0."""
    await tx.execute(
        """
        INSERT INTO consumer_offset (consumer_group, topic, partition, topic_id, next_offset)
        VALUES ($1, $2, $3, $4, 0)
            ON CONFLICT DO NOTHING
        """,
        group,
        topic,
        partition,
        topic_id,
    )
    row = await tx.fetchrow(
        """
        SELECT topic_id, next_offset, stopped_because
          FROM consumer_offset
         WHERE consumer_group = $1
           AND topic = $2
           AND partition = $3
           FOR UPDATE
        """,
        group,
        topic,
        partition,
    )
    if row is None:
        raise LookupError(f"the position of {group} in {topic}/{partition} has just been deleted")
    return Position(**row)


async def positions(tx: Tx, *, group: str) -> dict[tuple[str, int], Position]:
    """Where the group stands, by topic and partition."""
    rows = await tx.fetch(
        """
        SELECT topic, partition, topic_id, next_offset, stopped_because
          FROM consumer_offset
         WHERE consumer_group = $1
        """,
        group,
    )
    return {
        (row["topic"], row["partition"]): Position(
            topic_id=row["topic_id"],
            next_offset=row["next_offset"],
            stopped_because=row["stopped_because"],
        )
        for row in rows
    }


async def lock_line(tx: Tx, key: Key, *, group: str) -> str | None:
    """Wait until nobody applies events of the key's partition; the topic of what is parked.

    Whoever takes up parked events holds the lock that a batch holds, or both would take effect.
    """
    origin = await tx.fetchrow(
        """
        SELECT topic, partition
          FROM parked
         WHERE consumer_group = $1
           AND aggregate_type = $2
           AND aggregate_id = $3
         ORDER BY sequence
         LIMIT 1
        """,
        group,
        *key,
    )
    if origin is None:
        return None
    await tx.execute(
        """
        SELECT
          FROM consumer_offset
         WHERE consumer_group = $1
           AND topic = $2
           AND partition = $3
           FOR UPDATE
        """,
        group,
        origin["topic"],
        origin["partition"],
    )
    return origin["topic"]


async def save_position(
    tx: Tx, position: Position, *, group: str, topic: str, partition: int
) -> None:
    """Store how far the group has come."""
    await tx.execute(
        """
        UPDATE consumer_offset
           SET topic_id = $4, next_offset = $5, stopped_because = $6
         WHERE consumer_group = $1
           AND topic = $2
           AND partition = $3
        """,
        group,
        topic,
        partition,
        position.topic_id,
        position.next_offset,
        position.stopped_because,
    )


async def add_tally(tx: Tx, tally: Tally, *, group: str, topic: str, partition: int) -> None:
    """Count what became of a batch."""
    await tx.execute(
        """
        INSERT INTO consumer_tally AS tally
               (consumer_group, topic, partition, applied, duplicate, skipped, parked, dead)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (consumer_group, topic, partition)
            DO UPDATE
           SET applied = tally.applied + excluded.applied,
               duplicate = tally.duplicate + excluded.duplicate,
               skipped = tally.skipped + excluded.skipped,
               parked = tally.parked + excluded.parked,
               dead = tally.dead + excluded.dead
        """,
        group,
        topic,
        partition,
        tally.applied,
        tally.duplicate,
        tally.skipped,
        tally.parked,
        tally.dead,
    )


async def last_heard(tx: Tx, *, group: str, keys: Sequence[Key]) -> dict[Key, int]:
    """The last sequence that took effect, for each key that has one."""
    rows = await tx.fetch(
        """
        SELECT aggregate_type, aggregate_id, sequence
          FROM heard
          JOIN unnest($2::text[], $3::uuid[]) AS key (aggregate_type, aggregate_id)
         USING (aggregate_type, aggregate_id)
         WHERE consumer_group = $1
        """,
        group,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return {(row["aggregate_type"], row["aggregate_id"]): row["sequence"] for row in rows}


async def save_heard(tx: Tx, heard: Mapping[Key, int], *, group: str) -> None:
    """Store the last sequence that took effect, for many keys."""
    if not heard:
        return
    keys = sorted(heard)
    await tx.execute(
        """
        INSERT INTO heard (consumer_group, aggregate_type, aggregate_id, sequence)
        SELECT $1, aggregate_type, aggregate_id, sequence
          FROM unnest($2::text[], $3::uuid[], $4::int[])
            AS key (aggregate_type, aggregate_id, sequence)
            ON CONFLICT (consumer_group, aggregate_type, aggregate_id)
            DO UPDATE
           SET sequence = excluded.sequence
        """,
        group,
        [key[0] for key in keys],
        [key[1] for key in keys],
        [heard[key] for key in keys],
    )


async def waiting(tx: Tx, *, group: str, keys: Sequence[Key]) -> dict[Key, list[ParkedEvent]]:
    """What is parked for these keys, in order."""
    rows = await tx.fetch(
        """
        SELECT parked.*, headers ->> 'traceparent' AS traceparent
          FROM parked
          JOIN unnest($2::text[], $3::uuid[]) AS key (aggregate_type, aggregate_id)
         USING (aggregate_type, aggregate_id)
         WHERE consumer_group = $1
         ORDER BY sequence
        """,
        group,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    found: dict[Key, list[ParkedEvent]] = defaultdict(list)
    for row in rows:
        found[row["aggregate_type"], row["aggregate_id"]].append(_parked(row))
    return found


async def park(tx: Tx, events: Sequence[ParkedEvent], *, group: str, topic: str) -> None:
    """Let events wait; one that waits already gets the new reason and one more attempt."""
    await tx.executemany(
        """
        INSERT INTO parked AS held
               (consumer_group, aggregate_type, aggregate_id, sequence, reason, detail, attempts,
                event_id, type, headers, payload, occurred_at, topic, partition, log_offset, parked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (consumer_group, aggregate_type, aggregate_id, sequence)
            DO UPDATE
           SET reason = excluded.reason, detail = excluded.detail, attempts = excluded.attempts
        """,
        [
            (
                group,
                event.envelope.aggregate_type,
                event.envelope.aggregate_id,
                event.envelope.sequence,
                event.reason,
                event.detail,
                event.attempts,
                event.envelope.event_id,
                event.envelope.type,
                {"traceparent": event.envelope.traceparent},
                event.envelope.payload,
                event.envelope.occurred_at,
                topic,
                event.envelope.partition,
                event.envelope.log_offset,
                tx.now,
            )
            for event in events
        ],
    )


async def unpark(tx: Tx, events: Sequence[Envelope], *, group: str) -> None:
    """Forget parked events that took effect or were dropped."""
    await tx.execute(
        """
        DELETE FROM parked
         USING unnest($2::text[], $3::uuid[], $4::int[])
            AS key (aggregate_type, aggregate_id, sequence)
         WHERE consumer_group = $1
           AND parked.aggregate_type = key.aggregate_type
           AND parked.aggregate_id = key.aggregate_id
           AND parked.sequence = key.sequence
        """,
        group,
        [event.aggregate_type for event in events],
        [event.aggregate_id for event in events],
        [event.sequence for event in events],
    )


async def bury(
    tx: Tx,
    *,
    group: str,
    topic: str,
    partition: int,
    offset: int,
    reason: str,
    key: bytes | None,
    value: bytes | None,
    headers: Mapping[str, str],
) -> None:
    """Keep a message that cannot be read, byte for byte."""
    await tx.execute(
        """
        INSERT INTO dead_letter (consumer_group, topic, partition, log_offset, reason,
                                 key, value, headers, buried_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT DO NOTHING
        """,
        group,
        topic,
        partition,
        offset,
        reason,
        key,
        value,
        headers,
        tx.now,
    )


async def keys_waiting_for(tx: Tx, *, group: str, reason: Reason) -> list[Key]:
    """The keys whose events wait for one reason."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT aggregate_type, aggregate_id
          FROM parked
         WHERE consumer_group = $1
           AND reason = $2
        """,
        group,
        reason,
    )
    return [(row["aggregate_type"], row["aggregate_id"]) for row in rows]


def _parked(row: asyncpg.Record) -> ParkedEvent:
    return ParkedEvent(
        envelope=Envelope(
            event_id=row["event_id"],
            aggregate_type=row["aggregate_type"],
            aggregate_id=row["aggregate_id"],
            sequence=row["sequence"],
            type=row["type"],
            traceparent=row["traceparent"] or "",
            occurred_at=row["occurred_at"],
            payload=row["payload"],
            partition=row["partition"],
            log_offset=row["log_offset"],
        ),
        reason=cast("Reason", row["reason"]),
        detail=row["detail"],
        attempts=row["attempts"],
    )
