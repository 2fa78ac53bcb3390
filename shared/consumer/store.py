"""What a consumer group remembers: positions, the last sequence of each aggregate, what waits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import asyncpg

from shared.consumer.plan import Key, ParkedEvent, Reason
from shared.db import Tx
from shared.envelope import Envelope

Place = tuple[str, int]
"""Topic and partition."""


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


async def lock_positions(
    tx: Tx, topic_ids: Mapping[Place, UUID], *, group: str
) -> dict[Place, Position]:
    """Lock the group's positions in the order all do, and read them; a partition begins at 0."""
    found = await _lock(tx, topic_ids, group=group)
    if len(found) == len(topic_ids):
        return found
    await tx.execute(
        """
        INSERT INTO consumer_offset (consumer_group, topic, partition, topic_id, next_offset)
        SELECT $1, topic, partition, topic_id, 0
          FROM unnest($2::text[], $3::int[], $4::uuid[]) AS place (topic, partition, topic_id)
         ORDER BY topic, partition
            ON CONFLICT DO NOTHING
        """,
        group,
        [topic for topic, _ in topic_ids],
        [partition for _, partition in topic_ids],
        list(topic_ids.values()),
    )
    return await _lock(tx, topic_ids, group=group)


async def _lock(tx: Tx, places: Collection[Place], *, group: str) -> dict[Place, Position]:
    rows = await tx.fetch(
        """
        SELECT topic, partition, topic_id, next_offset, stopped_because
          FROM consumer_offset
          JOIN unnest($2::text[], $3::int[]) AS place (topic, partition)
         USING (topic, partition)
         WHERE consumer_group = $1
         ORDER BY topic, partition
           FOR UPDATE OF consumer_offset
        """,
        group,
        [topic for topic, _ in places],
        [partition for _, partition in places],
    )
    return _positions(rows)


async def positions(tx: Tx, *, group: str) -> dict[Place, Position]:
    """Where the group stands, by topic and partition."""
    rows = await tx.fetch(
        """
        SELECT topic, partition, topic_id, next_offset, stopped_because
          FROM consumer_offset
         WHERE consumer_group = $1
        """,
        group,
    )
    return _positions(rows)


def _positions(rows: Sequence[asyncpg.Record]) -> dict[Place, Position]:
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


async def go_on(
    tx: Tx, positions: Mapping[Place, Position], tallies: Mapping[Place, Tally], *, group: str
) -> None:
    """Store how far the group has come, and count what became of what it was given."""
    counts = [tallies.get(place, Tally()) for place in positions]
    await tx.execute(
        """
        WITH done AS (
            SELECT *
              FROM unnest($2::text[], $3::int[], $4::uuid[], $5::bigint[], $6::int[], $7::int[],
                          $8::int[], $9::int[], $10::int[])
                AS done (topic, partition, topic_id, next_offset, applied, duplicate, skipped, parked,
                         dead)
        ), moved AS (
            UPDATE consumer_offset AS held
               SET topic_id = done.topic_id, next_offset = done.next_offset, stopped_because = NULL
              FROM done
             WHERE held.consumer_group = $1
               AND held.topic = done.topic
               AND held.partition = done.partition
        )
        INSERT INTO consumer_tally AS tally
               (consumer_group, topic, partition, applied, duplicate, skipped, parked, dead)
        SELECT $1, topic, partition, applied, duplicate, skipped, parked, dead
          FROM done
            ON CONFLICT (consumer_group, topic, partition)
            DO UPDATE
           SET applied = tally.applied + excluded.applied,
               duplicate = tally.duplicate + excluded.duplicate,
               skipped = tally.skipped + excluded.skipped,
               parked = tally.parked + excluded.parked,
               dead = tally.dead + excluded.dead
        """,
        group,
        [topic for topic, _ in positions],
        [partition for _, partition in positions],
        [position.topic_id for position in positions.values()],
        [position.next_offset for position in positions.values()],
        [tally.applied for tally in counts],
        [tally.duplicate for tally in counts],
        [tally.skipped for tally in counts],
        [tally.parked for tally in counts],
        [tally.dead for tally in counts],
    )


async def last_heard(
    tx: Tx, *, group: str, keys: Sequence[Key]
) -> tuple[dict[Key, int], list[Key]]:
    """The last sequence that took effect, for each key that has one; and the keys that wait."""
    rows = await tx.fetch(
        """
        SELECT aggregate_type, aggregate_id, heard.sequence,
               EXISTS (SELECT
                         FROM parked
                        WHERE parked.consumer_group = $1
                          AND parked.aggregate_type = key.aggregate_type
                          AND parked.aggregate_id = key.aggregate_id) AS waits
          FROM unnest($2::text[], $3::uuid[]) AS key (aggregate_type, aggregate_id)
          LEFT JOIN (SELECT * FROM heard WHERE consumer_group = $1) AS heard
         USING (aggregate_type, aggregate_id)
        """,
        group,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    heard: dict[Key, int] = {}
    waiting: list[Key] = []
    for *key, sequence, waits in rows:
        if sequence is not None:
            heard[key[0], key[1]] = sequence
        if waits:
            waiting.append((key[0], key[1]))
    return heard, waiting


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


async def park(
    tx: Tx, events: Sequence[ParkedEvent], *, group: str, topics: Mapping[str, str]
) -> None:
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
                topics[event.envelope.aggregate_type],
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
