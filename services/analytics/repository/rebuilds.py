"""Rebuilds: asked for, leased step by step, ended; and the tables they build into."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from uuid import UUID

from services.analytics.domain.rebuild import Mark, Picture, Rebuild, State, Sum, Sums, distance
from services.analytics.repository.checksums import mark_of
from shared.db import Tx

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5


async def add(tx: Tx, *, rebuild_id: UUID, asked_by: UUID, now: datetime) -> None:
    """A rebuild is wanted."""
    await tx.execute(
        """
        INSERT INTO rebuild (rebuild_id, state, asked_by, asked_at)
        VALUES ($1, 'waiting', $2, $3)
        """,
        rebuild_id,
        asked_by,
        now,
    )


async def claim(tx: Tx, *, now: datetime, limit: int) -> Sequence[Rebuild]:
    """Lease the rebuild that nobody works on, if there is one."""
    rows = await tx.fetch(
        """
        UPDATE rebuild
        SET lease_until = $1::timestamptz + $2
        WHERE rebuild_id IN (
            SELECT rebuild_id
            FROM rebuild
            WHERE state IN ('waiting', 'running')
              AND coalesce(lease_until, '-infinity') <= $1
            ORDER BY asked_at
            LIMIT $3
            FOR UPDATE SKIP LOCKED
        )
        RETURNING rebuild_id, state, fence
        """,
        now,
        LEASE,
        limit,
    )
    return [
        Rebuild(id=row["rebuild_id"], state=row["state"], fence=[mark_of(m) for m in row["fence"]])
        for row in rows
    ]


async def set_fence(tx: Tx, rebuild_id: UUID, live: Picture) -> None:
    """This is what the live projections are, and where the copy has to stop."""
    await tx.execute(
        """
        UPDATE rebuild
        SET state = 'running',
            fence = $2,
            messages_total = $3,
            live = $4
        WHERE rebuild_id = $1
        """,
        rebuild_id,
        [astuple(mark) for mark in live.marks],
        distance(live.marks),
        live.sums,
    )


async def note_progress(tx: Tx, rebuild_id: UUID, *, messages_read: int) -> None:
    """So far has the copy come."""
    await tx.execute(
        """
        UPDATE rebuild
        SET messages_read = $2
        WHERE rebuild_id = $1
        """,
        rebuild_id,
        messages_read,
    )


async def end(tx: Tx, rebuild_id: UUID, *, state: State, rebuilt: Sums, now: datetime) -> None:
    """The copy is complete, and this is what it adds up to."""
    await tx.execute(
        """
        UPDATE rebuild
        SET state = $2,
            rebuilt = $3,
            finished_at = $4
        WHERE rebuild_id = $1
        """,
        rebuild_id,
        state,
        rebuilt,
        now,
    )


async def release(tx: Tx, rebuild_ids: Sequence[UUID]) -> None:
    """A step went well; anybody may do the next at once."""
    await tx.execute(
        """
        UPDATE rebuild
        SET lease_until = NULL,
            attempts = 0,
            problem = ''
        WHERE rebuild_id = ANY($1::uuid[])
        """,
        rebuild_ids,
    )


async def note_failure(
    tx: Tx, rebuild_id: UUID, *, reason: str, for_good: bool, now: datetime
) -> None:
    """A step failed: for good, or to be tried again in a moment, but not for ever."""
    await tx.execute(
        """
        UPDATE rebuild
        SET attempts = attempts + 1,
            problem = $2,
            state = CASE WHEN $3 OR attempts + 1 >= $4 THEN 'failed' ELSE state END,
            finished_at = CASE WHEN $3 OR attempts + 1 >= $4 THEN $5::timestamptz END,
            lease_until = $5 + interval '5 seconds'
        WHERE rebuild_id = $1
        """,
        rebuild_id,
        reason,
        for_good,
        MOST_ATTEMPTS,
        now,
    )


async def begin_side_copy(tx: Tx, *, group: str, marks: Sequence[Mark]) -> None:
    """Empty tables in the side schema, whose consumer stands at the beginning of every partition."""
    await tx.execute("SELECT begin_side_copy()")
    await tx.executemany(
        """
        INSERT INTO consumer_offset (consumer_group, topic, partition, topic_id, next_offset)
        VALUES ($1, $2, $3, $4, 0)
        """,
        [(group, mark.topic, mark.partition, mark.topic_id) for mark in marks],
    )


async def marks(tx: Tx, *, group: str) -> Sequence[Mark]:
    """Where the group stands in every partition it has been given."""
    rows = await tx.fetch(
        """
        SELECT topic, partition, topic_id, next_offset
        FROM consumer_offset
        WHERE consumer_group = $1
        ORDER BY topic, partition
        """,
        group,
    )
    return [Mark(**row) for row in rows]


async def live_sums(tx: Tx, rebuild_id: UUID) -> Sums:
    """What the live projections added up to at the fence."""
    live = await tx.fetchval(
        """
        SELECT live
        FROM rebuild
        WHERE rebuild_id = $1
        """,
        rebuild_id,
    )
    return {table: Sum(**found) for table, found in live.items()}
