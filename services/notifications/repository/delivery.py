"""Notices on their way out of the house."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.notifications.domain.delivery import Budget, Result
from services.notifications.domain.notice import Kind
from services.notifications.domain.preference import OutsideChannel
from services.notifications.repository.told import told
from services.notifications.wording import Told
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Due:
    """A notice that should leave the house now."""

    notice_id: UUID
    message_id: UUID | None
    """Nothing while no message carries it."""
    attempts: int
    reader: str
    email: str | None
    """Nothing while the directory has not told us of the reader."""
    told: Told


async def plan_all(
    tx: Tx,
    notice_ids: Collection[UUID],
    *,
    defaults: Mapping[Kind, Sequence[OutsideChannel]],
    at: datetime,
) -> None:
    """Let notices leave by the channels their readers want; somebody without an address wants no mail."""
    await tx.execute(
        """
        INSERT INTO delivery (notice_id, recipient_id, kind, channel, state, message_id, next_at)
        SELECT notice.id, notice.recipient_id, notice.kind, wanted.channel, 'due',
               CASE wanted.channel WHEN 'mail' THEN notice.id END, $3
          FROM notice
          LEFT JOIN preference
                 ON preference.person_id = notice.recipient_id
          LEFT JOIN access_person AS reader
                 ON reader.person_id = notice.recipient_id
         CROSS JOIN LATERAL jsonb_array_elements_text(
                        COALESCE(preference.channels -> notice.kind, $2::jsonb -> notice.kind)
                    ) AS wanted (channel)
         WHERE notice.id = ANY($1::uuid[])
           AND (wanted.channel <> 'mail' OR reader.email IS DISTINCT FROM '')
        """,
        list(notice_ids),
        dict(defaults),
        at,
    )


async def lock_due_letters(tx: Tx, *, now: datetime, limit: int) -> list[Due]:
    """Mail that should go now, or whose sender went silent."""
    rows = await tx.fetch(
        """
        SELECT delivery.notice_id, delivery.message_id, delivery.attempts, told.*
          FROM delivery
          JOIN told
            ON told.id = delivery.notice_id
         WHERE delivery.channel = 'mail'
           AND delivery.state IN ('due', 'sending')
           AND delivery.next_at <= $1
         ORDER BY delivery.next_at
         LIMIT $2
           FOR UPDATE OF delivery SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_due(row) for row in rows]


async def has_due_posts(tx: Tx, *, now: datetime) -> bool:
    """Whether the robot has anything to say; asked every second, so it must cost next to nothing."""
    return await tx.fetchval(
        """
        SELECT EXISTS (SELECT
                         FROM delivery
                        WHERE channel = 'wecom'
                          AND state IN ('due', 'sending')
                          AND next_at <= $1)
        """,
        now,
    )


async def lock_budget(tx: Tx, *, channel: OutsideChannel) -> Budget:
    """What a robot may still send; whoever holds the lock is the only one to send."""
    row = await tx.fetchrow(
        "SELECT tokens, filled_at FROM robot_budget WHERE channel = $1 FOR UPDATE", channel
    )
    assert row is not None  # noqa: S101 - the migration has put it there
    return Budget(tokens=row["tokens"], filled_at=row["filled_at"])


async def save_budget(tx: Tx, budget: Budget, *, channel: OutsideChannel) -> None:
    """Store what is left."""
    await tx.execute(
        "UPDATE robot_budget SET tokens = $2, filled_at = $3 WHERE channel = $1",
        channel,
        budget.tokens,
        budget.filled_at,
    )


async def due_posts(tx: Tx, *, now: datetime, messages: int, notices: int) -> list[Due]:
    """Whole messages that failed or whose sender went silent, then notices that no message carries.

    The robot's budget must be locked: it stands for all of them.
    """
    rows = await tx.fetch(
        """
        WITH again AS (
            SELECT message_id
              FROM delivery
             WHERE channel = 'wecom'
               AND state IN ('due', 'sending')
               AND next_at <= $1
               AND message_id IS NOT NULL
             GROUP BY message_id
             ORDER BY min(next_at)
             LIMIT $2
        ), fresh AS (
            SELECT notice_id
              FROM delivery
             WHERE channel = 'wecom'
               AND state = 'due'
               AND next_at <= $1
               AND message_id IS NULL
             ORDER BY next_at, notice_id
             LIMIT $3
        )
        SELECT delivery.notice_id, delivery.message_id, delivery.attempts, told.*
          FROM delivery
          JOIN told
            ON told.id = delivery.notice_id
         WHERE delivery.channel = 'wecom'
           AND delivery.state IN ('due', 'sending')
           AND (   delivery.message_id IN (SELECT message_id FROM again)
                OR delivery.notice_id IN (SELECT notice_id FROM fresh))
         ORDER BY delivery.message_id NULLS LAST, told.placed_at, told.id
        """,
        now,
        messages,
        notices,
    )
    return [_due(row) for row in rows]


async def lease(
    tx: Tx, messages: Mapping[UUID, UUID], *, channel: OutsideChannel, until: datetime
) -> None:
    """Note which message carries each notice, and that it is being sent."""
    await tx.execute(
        """
        UPDATE delivery
           SET state = 'sending',
               attempts = attempts + 1,
               message_id = row.message_id,
               next_at = $4
          FROM unnest($1::uuid[], $2::uuid[]) AS row (notice_id, message_id)
         WHERE delivery.notice_id = row.notice_id
           AND delivery.channel = $3
        """,
        list(messages),
        list(messages.values()),
        channel,
        until,
    )


async def save_results(tx: Tx, results: Sequence[Result], *, channel: OutsideChannel) -> None:
    """Note what became of messages."""
    await tx.execute(
        """
        UPDATE delivery
           SET state = row.state,
               next_at = row.next_at,
               last_error = row.error
          FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[])
            AS row (message_id, state, next_at, error)
         WHERE delivery.message_id = row.message_id
           AND delivery.channel = $5
           AND delivery.state = 'sending'
        """,
        [result.message_id for result in results],
        [result.state for result in results],
        [result.next_at for result in results],
        [result.error for result in results],
        channel,
    )


def _due(row: Record) -> Due:
    return Due(
        notice_id=row["notice_id"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        reader=row["reader"] or "",
        email=row["email"],
        told=told(row),
    )
