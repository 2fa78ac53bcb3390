"""What operators look at."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from shared.db import Tx
from shared.operations.schemas import (
    DeadLetter,
    FeedEvent,
    ParkedEventOut,
    ParkedKey,
    TimerStatus,
)


async def counts(tx: Tx) -> tuple[int, int, int, int]:
    """Events in the outbox, the feed's position, parked events, dead letters."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM outbox) AS outbox,
               (SELECT position FROM feed_head) AS position,
               (SELECT count(*) FROM parked) AS parked,
               (SELECT count(*) FROM dead_letter) AS dead
        """
    )
    return (row["outbox"], row["position"], row["parked"], row["dead"]) if row else (0, 0, 0, 0)


async def offsets(tx: Tx, *, group: str) -> dict[tuple[str, int], tuple[int, str | None]]:
    """The next offset of each partition, and why it stopped if it did."""
    rows = await tx.fetch(
        """
        SELECT topic, partition, next_offset, stopped_because
          FROM consumer_offset
         WHERE consumer_group = $1
        """,
        group,
    )
    return {
        (row["topic"], row["partition"]): (row["next_offset"], row["stopped_because"])
        for row in rows
    }


async def resting_timers(tx: Tx) -> list[TimerStatus]:
    """Timers with items that failed."""
    rows = await tx.fetch(
        """
        SELECT timer, count(*) AS resting, max(last_error) AS last_error
          FROM timer_backoff
         WHERE retry_at > $1
         GROUP BY timer
         ORDER BY timer
        """,
        tx.now,
    )
    return [TimerStatus.model_validate(dict(row)) for row in rows]


async def parked_keys(
    tx: Tx, *, after_type: str | None, after_id: UUID | None, limit: int
) -> list[ParkedKey]:
    """Aggregates whose events wait, each with its first event."""
    rows = await tx.fetch(
        """
        SELECT aggregate_type, aggregate_id, count(*) AS events,
               min(sequence) AS first_sequence,
               (array_agg(type ORDER BY sequence))[1] AS type,
               (array_agg(reason ORDER BY sequence))[1] AS reason,
               (array_agg(detail ORDER BY sequence))[1] AS detail,
               (array_agg(attempts ORDER BY sequence))[1] AS attempts,
               min(parked_at) AS since
          FROM parked
         WHERE ($1::text IS NULL OR (aggregate_type, aggregate_id) > ($1, $2::uuid))
         GROUP BY aggregate_type, aggregate_id
         ORDER BY aggregate_type, aggregate_id
         LIMIT $3
        """,
        after_type,
        after_id,
        limit,
    )
    return [ParkedKey.model_validate(dict(row)) for row in rows]


async def parked_events(tx: Tx, *, aggregate_type: str, aggregate_id: UUID) -> list[ParkedEventOut]:
    """The events of one aggregate that wait, in order."""
    rows = await tx.fetch(
        """
        SELECT event_id, sequence, type, reason, detail, attempts, topic, partition,
               log_offset AS offset, occurred_at, payload
          FROM parked
         WHERE aggregate_type = $1
           AND aggregate_id = $2
         ORDER BY sequence
         LIMIT 200
        """,
        aggregate_type,
        aggregate_id,
    )
    return [
        ParkedEventOut.model_validate({**dict(row), "payload": _readable(row["payload"])})
        for row in rows
    ]


def _readable(payload: bytes) -> object:
    try:
        return orjson.loads(payload)
    except ValueError:
        return payload.decode("utf-8", errors="replace")


async def dead_letters(tx: Tx, *, limit: int) -> list[DeadLetter]:
    """The newest messages that could not be read."""
    rows = await tx.fetch(
        """
        SELECT topic, partition, log_offset AS offset, reason,
               coalesce(octet_length(value), 0) AS size, headers, buried_at
          FROM dead_letter
         ORDER BY buried_at DESC, topic, partition, log_offset
         LIMIT $1
        """,
        limit,
    )
    return [DeadLetter.model_validate(dict(row)) for row in rows]


async def feed(
    tx: Tx, *, service: str, after: int, limit: int, types: Sequence[str] | None
) -> list[FeedEvent]:
    """Events after a position, in their one total order."""
    rows = await tx.fetch(
        """
        SELECT position, event_id AS id, type, aggregate_id AS subject, sequence,
               occurred_at AS time, payload
          FROM feed
         WHERE position > $1
           AND ($2::text[] IS NULL OR type = ANY($2))
         ORDER BY position
         LIMIT $3
        """,
        after,
        types,
        limit,
    )
    return [
        FeedEvent(
            position=row["position"],
            id=row["id"],
            type=row["type"],
            source=f"/shangji/{service}",
            subject=row["subject"],
            sequence=row["sequence"],
            time=row["time"],
            data=orjson.loads(row["payload"]),
        )
        for row in rows
    ]
