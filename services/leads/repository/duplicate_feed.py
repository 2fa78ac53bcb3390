"""What this very service has said since it was last looked through for duplicates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from services.leads.domain.duplicates import Subject
from shared.db import Tx

LOOK = "look for duplicates"
"""The timer that reads the feed."""
_TELLING = (
    "lead.captured.v1",
    "lead.touched.v1",
    "lead.updated.v1",
    "lead.merged.v1",
    "lead.unmerged.v1",
    "customer.registered.v1",
    "customer.updated.v1",
    "customer.merged.v1",
    "customer.unmerged.v1",
    "customer.withdrawn.v1",
    "customer.reinstated.v1",
    "contact.added.v1",
    "lead.erased.v1",
    "contact.erased.v1",
    "contact.updated.v1",
    "contact.merged.v1",
    "contact.unmerged.v1",
    "contact.withdrawn.v1",
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """An event of this service's own feed, after which a record is to be looked at."""

    position: int
    subject: Subject


async def unread(tx: Tx, *, now: datetime, limit: int) -> Sequence[Said]:
    """What the feed says behind the last position, which moves on with this transaction.

    What failed and has rested is read again: the position has moved past it.
    """
    reading = await tx.fetchrow(
        """
        SELECT duplicate_progress.position, feed_head.position AS head
          FROM duplicate_progress, feed_head
           FOR UPDATE OF duplicate_progress SKIP LOCKED
        """
    )
    if reading is None:
        return []
    again = await tx.fetch(
        """
        SELECT feed.position, feed.aggregate_type, feed.aggregate_id
          FROM timer_backoff AS failed
          JOIN feed ON feed.position = failed.item::bigint
         WHERE failed.timer = $1
           AND failed.retry_at <= $2
         ORDER BY failed.retry_at
         LIMIT $3
        """,
        LOOK,
        now,
        limit,
    )
    rows = again + await _unread(tx, reading["position"], reading["head"], limit=limit)
    return [
        Said(
            position=row["position"],
            subject=Subject(row["aggregate_type"], row["aggregate_id"]),
        )
        for row in rows
    ]


async def forget_failures(tx: Tx, said: Sequence[Said]) -> None:
    """These are looked at now: whatever was wrong before is over, unless it fails again."""
    await tx.execute(
        """
        DELETE FROM timer_backoff
         WHERE timer = $1
           AND item = ANY($2)
        """,
        LOOK,
        [str(event.position) for event in said],
    )


async def _unread(tx: Tx, position: int, head: int, *, limit: int) -> list[Record]:
    if position == head:
        return []
    rows = await tx.fetch(
        """
        SELECT position, aggregate_type, aggregate_id
          FROM feed
         WHERE position > $1
           AND position <= $2
           AND type = ANY($3)
         ORDER BY position
         LIMIT $4
        """,
        position,
        head,
        _TELLING,
        limit,
    )
    reached = rows[-1]["position"] if len(rows) == limit else head
    await tx.execute("UPDATE duplicate_progress SET position = $1", reached)
    return rows
