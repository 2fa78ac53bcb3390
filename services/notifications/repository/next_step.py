"""What comes next, and on which day."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Record

from services.notifications.domain.next_step import NextStep
from shared.db import Tx


async def say_all(tx: Tx, steps: Sequence[NextStep]) -> None:
    """Store what was said unless something later is known; the same day is not asked for twice."""
    await tx.execute(
        """
        INSERT INTO next_step AS known
               (subject_id, subject_kind, due_on, said_at, starts_at, due_at)
        SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[],
                      $5::timestamptz[], $6::timestamptz[]) AS row (subject_id)
         ORDER BY subject_id
            ON CONFLICT (subject_id) DO UPDATE
           SET due_on = excluded.due_on,
               said_at = excluded.said_at,
               starts_at = excluded.starts_at,
               due_at = excluded.due_at,
               reminded_at = CASE WHEN known.due_on = excluded.due_on THEN known.reminded_at END
         WHERE known.said_at <= excluded.said_at
        """,
        [step.subject_id for step in steps],
        [step.subject_kind for step in steps],
        [step.due_on for step in steps],
        [step.said_at for step in steps],
        [step.starts_at for step in steps],
        [step.due_at for step in steps],
    )


async def lock_due_for_reminder(tx: Tx, *, now: datetime, limit: int) -> list[NextStep]:
    """Days that have passed and were not asked for, earliest first."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM next_step
         WHERE due_at <= $1
           AND reminded_at IS NULL
         ORDER BY due_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_next_step(row) for row in rows]


async def mark_reminded(tx: Tx, steps: Sequence[NextStep]) -> None:
    """Note that these days were asked for."""
    await tx.execute(
        """
        UPDATE next_step
           SET reminded_at = row.reminded_at
          FROM unnest($1::uuid[], $2::timestamptz[]) AS row (subject_id, reminded_at)
         WHERE next_step.subject_id = row.subject_id
        """,
        [step.subject_id for step in steps],
        [step.reminded_at for step in steps],
    )


def _next_step(row: Record) -> NextStep:
    return NextStep(**row)
