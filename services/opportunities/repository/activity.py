"""Activities, and what they tell about who owns the subject."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.opportunities.domain.activity import Activity, Subject
from shared.contracts.base import SubjectKind
from shared.db import Tx
from shared.principals import ROOT_UNIT


async def subject(tx: Tx, kind: SubjectKind, id: UUID) -> Subject | None:
    """What the activity is about, if we know of it and it lies within sight of whoever asks.

    A customer that nobody has been given belongs to the enterprise; whoever answers for one of its
    product lines sees it, too.
    """
    unit_id = await tx.fetchval(
        """
        SELECT subject.unit_id
          FROM (
                SELECT unit_id, owner_id
                  FROM ownership
                 WHERE subject_kind = $1
                   AND subject_id = $2
                 UNION ALL
                SELECT unit_id, owner_id
                  FROM customer_line
                 WHERE $1 = 'customer'
                   AND customer_id = $2
                   AND owner_id IS NOT NULL
                 UNION ALL
                SELECT $6::uuid, NULL
                  FROM customer_copy
                 WHERE $1 = 'customer'
                   AND id = $2
               ) AS subject
         WHERE $3 OR subject.unit_id = ANY($4::uuid[]) OR subject.owner_id = $5
         LIMIT 1
        """,
        kind,
        id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        ROOT_UNIT,
    )
    return Subject(kind=kind, id=id, unit_id=unit_id) if unit_id else None


async def worked_on(tx: Tx, kind: SubjectKind, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the subjects that somebody did something about."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT subject_id
          FROM activity
         WHERE subject_kind = $1
           AND subject_id = ANY($2::uuid[])
        """,
        kind,
        ids,
    )
    return frozenset(row["subject_id"] for row in rows)


async def add(tx: Tx, activity: Activity) -> None:
    """Write what was done."""
    await tx.execute(
        """
        INSERT INTO activity
               (id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
                text, next_step, next_step_on, sequence)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        activity.id,
        activity.subject_kind,
        activity.subject_id,
        activity.kind,
        activity.done_by,
        activity.unit_id,
        activity.done_at,
        activity.text,
        activity.next_step,
        activity.next_step_on,
        activity.sequence,
    )


async def note_response(tx: Tx, activity: Activity, *, now: datetime) -> None:
    """The subject was worked on; the first time its present owner does it, they have responded."""
    await tx.execute(
        """
        UPDATE ownership
           SET last_activity_at = greatest(last_activity_at, $4),
               responded_at = CASE
                   WHEN owner_id = $3 AND (responded_at IS NULL OR responded_at < since) THEN $5
                   ELSE responded_at
               END
         WHERE subject_kind = $1
           AND subject_id = $2
        """,
        activity.subject_kind,
        activity.subject_id,
        activity.done_by,
        activity.done_at,
        now,
    )
    # After the ownership, as everybody does who changes both.
    await tx.execute(
        """
        UPDATE response
           SET responded_at = $4
          FROM ownership
         WHERE ownership.subject_kind = $1
           AND ownership.subject_id = $2
           AND response.ownership_id = ownership.id
           AND response.assigned_at = ownership.since
           AND response.owner_id = $3
           AND response.responded_at IS NULL
           AND response.ended_at IS NULL
        """,
        activity.subject_kind,
        activity.subject_id,
        activity.done_by,
        now,
    )
