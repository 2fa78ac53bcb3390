"""Replays: which stretch of time, how far, and the submissions that come next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.leads.repository.channel.submission import Stored, stored_of
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A replay that has not come to its end."""

    id: UUID
    channel: str
    received_from: datetime
    received_before: datetime
    asked_by: UUID | None
    reached_at: datetime | None
    reached_id: UUID | None


@dataclass(kw_only=True)
class Progress:
    """What one batch did."""

    captured: int = 0
    corrected: int = 0
    unchanged: int = 0
    unreadable: int = 0
    conflicting: int = 0


async def add(
    tx: Tx, replay_id: UUID, channel: str, *, since: datetime, before: datetime, why: str
) -> int:
    """Ask for a replay; how many submissions there are to read."""
    return await tx.fetchval(
        """
        INSERT INTO channel_replay
               (id, channel, received_from, received_before, why, asked_by, asked_at, total)
        SELECT $1, $2, $3, $4, $5, $6, $7, count(*)
          FROM submission
         WHERE channel = $2
           AND received_at >= $3
           AND received_at < $4
           AND state <> 'discarded'
           AND mended IS NULL
           AND emptied_at IS NULL
        RETURNING total
        """,
        replay_id,
        channel,
        since,
        before,
        why,
        tx.actor_id,
        tx.now,
    )


async def due(tx: Tx, *, now: datetime, limit: int) -> Sequence[Replay]:  # noqa: ARG001
    """The oldest replay with something left to read, locked: one batch is enough for a transaction."""
    rows = await tx.fetch(
        """
        SELECT id, channel, received_from, received_before, asked_by, reached_at, reached_id
          FROM channel_replay
         WHERE ended_at IS NULL
         ORDER BY asked_at
         LIMIT 1
           FOR UPDATE SKIP LOCKED
        """
    )
    return [Replay(**row) for row in rows]


async def next_batch(tx: Tx, replay: Replay, *, limit: int) -> Sequence[Stored]:
    """The submissions that come next, locked. Those that a person mended or discarded are left alone."""
    rows = await tx.fetch(
        """
        SELECT id, channel, coalesce(opened, body) AS message, content_type, received_at, version, lead_id,
               effect
          FROM submission
         WHERE channel = $1
           AND received_at >= $2
           AND received_at < $3
           AND state <> 'discarded'
           AND mended IS NULL
           AND emptied_at IS NULL
           AND ($4::timestamptz IS NULL OR (received_at, id) > ($4, $5::uuid))
         ORDER BY received_at, id
         LIMIT $6
           FOR UPDATE
        """,
        replay.channel,
        replay.received_from,
        replay.received_before,
        replay.reached_at,
        replay.reached_id,
        limit,
    )
    return [stored_of(tx, row) for row in rows]


async def advance(tx: Tx, replay: Replay, reached: Stored, done: Progress) -> None:
    """Note how far the replay has come."""
    await tx.execute(
        """
        UPDATE channel_replay
           SET reached_at = $2,
               reached_id = $3,
               captured = captured + $4,
               corrected = corrected + $5,
               unchanged = unchanged + $6,
               unreadable = unreadable + $7,
               conflicting = conflicting + $8
         WHERE id = $1
        """,
        replay.id,
        reached.received_at,
        reached.id,
        done.captured,
        done.corrected,
        done.unchanged,
        done.unreadable,
        done.conflicting,
    )


async def end(tx: Tx, replay: Replay) -> None:
    """Nothing is left to read."""
    await tx.execute("UPDATE channel_replay SET ended_at = $2 WHERE id = $1", replay.id, tx.now)
