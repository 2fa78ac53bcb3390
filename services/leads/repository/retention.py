"""Submissions that have been kept for long enough."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.retention import RetentionPolicy
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx


async def due_to_empty(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Submissions that came longer ago than policy keeps them, locked, the oldest first."""
    policy = await configuration.current_as(tx, "retention", _policy)
    rows = await tx.fetch(
        """
        SELECT id
          FROM submission
         WHERE emptied_at IS NULL
           AND state <> 'quarantined'
           AND received_at < $1
         ORDER BY received_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        policy.emptied_before(now),
        limit,
    )
    return [row["id"] for row in rows]


async def empty(tx: Tx, submission_ids: Sequence[UUID], *, now: datetime) -> None:
    """Forget what was sent; the hash by which the same is recognised stays."""
    await tx.execute(
        """
        UPDATE submission
           SET body = '',
               opened = NULL,
               mended = NULL,
               problem = NULL,
               visitor = NULL,
               emptied_at = $2
         WHERE id = ANY($1)
        """,
        submission_ids,
        now,
    )


def _policy(active: Configuration) -> RetentionPolicy:
    return RetentionPolicy.model_validate(active.body)
