"""Counting what leaves no submission."""

from typing import Literal

from shared.db import Tx


async def count(tx: Tx, channel: str, outcome: Literal["refused", "repeated"], reason: str) -> None:
    """One more of these in this hour."""
    await tx.execute(
        """
        INSERT INTO channel_tally AS held (channel, outcome, reason, hour, times, last_at)
        VALUES ($1, $2, $3, date_trunc('hour', $4::timestamptz), 1, $4)
            ON CONFLICT (channel, outcome, reason, hour)
            DO UPDATE
           SET times = held.times + 1,
               last_at = excluded.last_at
        """,
        channel,
        outcome,
        reason,
        tx.now,
    )
