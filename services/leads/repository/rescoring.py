"""Leads that were judged by rules no longer in force."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.db import Tx


async def due_for_new_rules(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:  # noqa: ARG001
    """Leads that are worked on and were judged by earlier rules, locked; the order does not matter."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE state IN ('open', 'qualified')
           AND rules_version < (SELECT version
                                  FROM configuration
                                 WHERE kind = 'scoring'
                                   AND state = 'activated')
         LIMIT $1
           FOR UPDATE SKIP LOCKED
        """,
        limit,
    )
    return [row["id"] for row in rows]
