"""Secrets of channels, sealed. They live by the wall clock, as everything does that proves something."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from shared.db import Tx


async def lock(tx: Tx, channel: str) -> None:
    """One change of a channel's secrets at a time, until the transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('channel secret ' || $1, 0))", channel
    )


async def add(tx: Tx, secret_id: UUID, channel: str, *, sealed: bytes) -> None:
    """Keep a new secret."""
    await tx.execute(
        """
        INSERT INTO channel_secret (id, channel, sealed, made_by, made_at)
        VALUES ($1, $2, $3, $4, clock_timestamp())
        """,
        secret_id,
        channel,
        sealed,
        tx.actor_id,
    )


async def end_all(tx: Tx, channel: str, *, after: timedelta) -> None:
    """Let the secrets that are in force end; none of them lives longer than it would have."""
    await tx.execute(
        """
        UPDATE channel_secret
           SET ends_at = least(ends_at, clock_timestamp() + $2::interval)
         WHERE channel = $1
           AND (ends_at IS NULL OR ends_at > clock_timestamp())
        """,
        channel,
        after,
    )


async def in_force(tx: Tx, channel: str) -> Sequence[tuple[UUID, bytes]]:
    """The sealed secrets that are good now, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, sealed
          FROM channel_secret
         WHERE channel = $1
           AND (ends_at IS NULL OR ends_at > clock_timestamp())
         ORDER BY made_at DESC
         LIMIT 5
        """,
        channel,
    )
    return [(row["id"], row["sealed"]) for row in rows]
