"""What this very service has said since it was last looked through for duplicates."""

from collections.abc import Sequence
from datetime import datetime

from services.leads.domain.duplicates import Subject
from shared.db import Tx

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


async def unread(tx: Tx, *, now: datetime, limit: int) -> Sequence[Subject]:
    """Of what the feed speaks behind the last position, which moves on with this transaction."""
    del now  # the feed has its own order
    reading = await tx.fetchrow(
        """
        SELECT duplicate_progress.position, feed_head.position AS head
          FROM duplicate_progress, feed_head
         WHERE duplicate_progress.position < feed_head.position
           FOR UPDATE OF duplicate_progress SKIP LOCKED
        """
    )
    if reading is None:
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
        reading["position"],
        reading["head"],
        _TELLING,
        limit,
    )
    reached = rows[-1]["position"] if len(rows) == limit else reading["head"]
    await tx.execute("UPDATE duplicate_progress SET position = $1", reached)
    return [Subject(row["aggregate_type"], row["aggregate_id"]) for row in rows]
