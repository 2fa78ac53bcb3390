"""Leads that came back, and leads that were silent for so long that they will not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.repository import policy
from shared.contracts.leads import LeadReopened
from shared.db import Tx


async def add_all(tx: Tx, reopened: Sequence[LeadReopened]) -> None:
    """Keep how leads had ended and why they are worked on again."""
    await tx.later(
        """
        INSERT INTO lead_return
               (lead_id, ended_as, ended_for, ended_at, reopened_for, reopened_by, reopened_at)
        SELECT lead_id, ended_as, ended_for, ended_at, reopened_for, reopened_by, reopened_at
          FROM json_populate_recordset(NULL::lead_return, $1)
        """,
        [_row(one) for one in reopened],
    )


async def due_to_let_go(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Leads that are over and were silent for as long as policy says, locked, the oldest first."""
    returns = await policy.returns(tx)
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE NOT let_go
           AND state IN ('disqualified', 'closed', 'converted')
           AND touched_at <= CASE WHEN state = 'disqualified' THEN $1::timestamptz
                                  WHEN state = 'closed' THEN $2::timestamptz
                                  WHEN outcome = 'lost' THEN $3::timestamptz
                                  ELSE $4::timestamptz
                             END
         ORDER BY touched_at
         LIMIT $5
           FOR UPDATE SKIP LOCKED
        """,
        returns.disqualified.since(now),
        returns.closed.since(now),
        returns.lost.since(now),
        returns.converted.since(now),
        limit,
    )
    return [row["id"] for row in rows]


async def let_go(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """These leads go by no phone and mail any more; a record of another system is still itself."""
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM lead_identity
             WHERE lead_id = ANY($1)
               AND kind IN ('phone', 'mail')
        )
        UPDATE lead
           SET let_go = true
         WHERE id = ANY($1)
        """,
        lead_ids,
    )


async def take_back(tx: Tx, lead_id: UUID) -> None:
    """A lead that is worked on again goes by its phone and mail."""
    await tx.execute("UPDATE lead SET let_go = false WHERE id = $1 AND let_go", lead_id)


def _row(one: LeadReopened) -> dict[str, object]:
    return {
        "lead_id": one.lead_id,
        "ended_as": one.ended_as,
        "ended_for": one.ended_for,
        "ended_at": one.ended_at,
        "reopened_for": one.reason,
        "reopened_by": one.reopened_by,
        "reopened_at": one.reopened_at,
    }
