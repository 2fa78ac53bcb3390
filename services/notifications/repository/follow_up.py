"""Who has what, and by when they must act."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Record

from services.notifications.domain.follow_up import FollowUp
from shared.db import Tx


async def save_all(tx: Tx, owed: Sequence[FollowUp]) -> None:
    """Store each record's follow-up as it is now, in place of what was due before."""
    await tx.execute(
        """
        INSERT INTO follow_up
               (subject_id, subject_kind, unit_id, owner_id, assigned_at, respond_by,
                reminded_at, escalate_at, escalated_at, answered_at)
        SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[],
                      $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
                      $9::timestamptz[], $10::timestamptz[]) AS row (subject_id)
         ORDER BY subject_id
            ON CONFLICT (subject_id) DO UPDATE
           SET subject_kind = excluded.subject_kind,
               unit_id = excluded.unit_id,
               owner_id = excluded.owner_id,
               assigned_at = excluded.assigned_at,
               respond_by = excluded.respond_by,
               reminded_at = excluded.reminded_at,
               escalate_at = excluded.escalate_at,
               escalated_at = excluded.escalated_at,
               answered_at = excluded.answered_at
        """,
        [each.subject_id for each in owed],
        [each.subject_kind for each in owed],
        [each.unit_id for each in owed],
        [each.owner_id for each in owed],
        [each.assigned_at for each in owed],
        [each.respond_by for each in owed],
        [each.reminded_at for each in owed],
        [each.escalate_at for each in owed],
        [each.escalated_at for each in owed],
        [each.answered_at for each in owed],
    )


async def lock_due_for_reminder(tx: Tx, *, now: datetime, limit: int) -> list[FollowUp]:
    """Deadlines that have passed without a reminder, earliest first."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM follow_up
         WHERE respond_by <= $1
           AND reminded_at IS NULL
           AND answered_at IS NULL
         ORDER BY respond_by
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_follow_up(row) for row in rows]


async def lock_due_for_escalation(tx: Tx, *, now: datetime, limit: int) -> list[FollowUp]:
    """Reminders that stayed unanswered for too long, earliest first."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM follow_up
         WHERE escalate_at <= $1
           AND escalated_at IS NULL
           AND answered_at IS NULL
         ORDER BY escalate_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_follow_up(row) for row in rows]


def _follow_up(row: Record) -> FollowUp:
    return FollowUp(**row)
