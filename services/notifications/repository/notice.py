"""Notices, and causes that wait for somebody to hear them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from services.notifications.domain.notice import Cause, Notice
from services.notifications.recipients import Audience
from shared.db import Tx

_CAUSE = TypeAdapter(Cause)


async def place_all(tx: Tx, notices: Sequence[Notice], *, at: datetime) -> frozenset[UUID]:
    """Put notices into inboxes; which of them are new there.

    Whoever has left is not told, and nobody is told twice. Locks the readers' inboxes, in the order
    of their ids, so that positions commit in order.
    """
    causes = [notice.cause for notice in notices]
    rows = await tx.fetch(
        """
        WITH told AS (
            SELECT *
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[],
                          $7::uuid[], $8::timestamptz[], $9::numeric[], $10::text[], $11::jsonb[])
                   WITH ORDINALITY
                AS row (id, recipient_id, cause_id, kind, subject_kind, subject_id,
                        colleague_id, due_at, amount, currency, reasons, number)
        ), fresh AS (
            SELECT told.*,
                   row_number() OVER (PARTITION BY recipient_id ORDER BY number) AS nth,
                   count(*) OVER (PARTITION BY recipient_id) AS together
              FROM told
              LEFT JOIN access_person AS person
                     ON person.person_id = told.recipient_id
             WHERE person.active IS NOT FALSE
               AND NOT EXISTS (SELECT
                                 FROM notice
                                WHERE notice.cause_id = told.cause_id
                                  AND notice.kind = told.kind
                                  AND notice.recipient_id = told.recipient_id)
        ), opened AS (
            INSERT INTO inbox AS known (person_id, last_position)
            SELECT recipient_id, count(*)
              FROM fresh
             GROUP BY recipient_id
             ORDER BY recipient_id
                ON CONFLICT (person_id) DO UPDATE
               SET last_position = known.last_position + excluded.last_position
         RETURNING person_id, last_position
        )
        INSERT INTO notice
               (id, recipient_id, position, cause_id, kind, subject_kind, subject_id,
                colleague_id, due_at, amount, currency, reasons, placed_at, sequence)
        SELECT id, recipient_id, last_position - together + nth, cause_id, kind, subject_kind, subject_id,
               colleague_id, due_at, amount, currency, reasons, $12, 1
          FROM fresh
          JOIN opened
            ON opened.person_id = fresh.recipient_id
            ON CONFLICT ON CONSTRAINT notice_once DO NOTHING
     RETURNING id
        """,
        [notice.id for notice in notices],
        [notice.recipient_id for notice in notices],
        [cause.id for cause in causes],
        [cause.kind for cause in causes],
        [cause.subject_kind for cause in causes],
        [cause.subject_id for cause in causes],
        [cause.colleague_id for cause in causes],
        [cause.due_at for cause in causes],
        [cause.amount for cause in causes],
        [cause.currency for cause in causes],
        [cause.reasons for cause in causes],
        at,
    )
    return frozenset(row["id"] for row in rows)


async def lock(tx: Tx, notice_id: UUID, *, recipient_id: UUID) -> Notice | None:
    """A person's own notice; nothing when it is not theirs."""
    row = await tx.fetchrow(
        """
        SELECT *
          FROM notice
         WHERE id = $1
           AND recipient_id = $2
           FOR UPDATE
        """,
        notice_id,
        recipient_id,
    )
    return None if row is None else _notice(row)


async def save_read(tx: Tx, notice: Notice) -> None:
    """Store that it has been seen."""
    await tx.execute(
        """
        UPDATE notice
           SET read_at = $2,
               sequence = $3
         WHERE id = $1
        """,
        notice.id,
        notice.read_at,
        notice.sequence,
    )


async def keep_unplaced(
    tx: Tx, causes: Sequence[tuple[Cause, Audience]], *, retry_at: datetime
) -> None:
    """Keep what nobody can be told yet, or put off what was kept before."""
    await tx.execute(
        """
        INSERT INTO unplaced_cause (cause_id, kind, cause, unit_id, role, besides, retry_at)
        SELECT cause_id, kind, cause, unit_id, role, besides, $7
          FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[], $5::text[], $6::uuid[])
            AS row (cause_id, kind, cause, unit_id, role, besides)
            ON CONFLICT (cause_id, kind) DO UPDATE
           SET retry_at = excluded.retry_at
        """,
        [cause.id for cause, _ in causes],
        [cause.kind for cause, _ in causes],
        [_CAUSE.dump_python(cause, mode="json") for cause, _ in causes],
        [audience.unit_id for _, audience in causes],
        [audience.role for _, audience in causes],
        [audience.besides for _, audience in causes],
        retry_at,
    )


async def lock_unplaced(tx: Tx, *, now: datetime, limit: int) -> list[tuple[Cause, Audience]]:
    """Causes whose hearers should be looked for again."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM unplaced_cause
         WHERE retry_at <= $1
         ORDER BY retry_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [
        (
            _CAUSE.validate_python(row["cause"]),
            Audience(unit_id=row["unit_id"], role=row["role"], besides=row["besides"]),
        )
        for row in rows
    ]


async def drop_unplaced(tx: Tx, cause_ids: Collection[UUID]) -> None:
    """Forget causes whose hearers were asked for again."""
    await tx.execute("DELETE FROM unplaced_cause WHERE cause_id = ANY($1::uuid[])", list(cause_ids))


def _notice(row: Record) -> Notice:
    cause = Cause(
        id=row["cause_id"],
        kind=row["kind"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        colleague_id=row["colleague_id"],
        due_at=row["due_at"],
        amount=row["amount"],
        currency=row["currency"],
        reasons=tuple(row["reasons"]),
    )
    return Notice(
        id=row["id"],
        recipient_id=row["recipient_id"],
        cause=cause,
        read_at=row["read_at"],
        sequence=row["sequence"],
    )
