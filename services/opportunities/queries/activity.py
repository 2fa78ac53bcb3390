"""Activities as they are shown, to whoever sees what they are about."""

from uuid import UUID

from services.opportunities.schemas.activity import ActivityOut
from shared.contracts.base import SubjectKind
from shared.db import Tx
from shared.principals import ROOT_UNIT
from shared.web.cursor import Value


async def one(tx: Tx, id: UUID) -> ActivityOut:
    """An activity that was just logged."""
    row = await tx.fetchrow(
        """
        SELECT activity.id, activity.subject_kind, activity.subject_id, activity.kind,
               activity.done_by, coalesce(person.name, '') AS done_by_name, activity.unit_id,
               activity.done_at, activity.text, activity.next_step, activity.next_step_on
          FROM activity
          LEFT JOIN person ON person.id = activity.done_by
         WHERE activity.id = $1
        """,
        id,
    )
    return ActivityOut.model_validate(dict(row or {}))


async def page(
    tx: Tx,
    *,
    subject_kind: SubjectKind,
    subject_id: UUID,
    after_at: Value,
    after_id: Value,
    limit: int,
) -> list[ActivityOut]:
    """What was done about one subject within the scope, the newest first; of a customer, also what was
    done about those that were merged into it."""
    rows = await tx.fetch(
        """
        SELECT activity.id, activity.subject_kind, activity.subject_id, activity.kind,
               activity.done_by, coalesce(person.name, '') AS done_by_name, activity.unit_id,
               activity.done_at, activity.text, activity.next_step, activity.next_step_on
          FROM activity
          LEFT JOIN person ON person.id = activity.done_by
         WHERE activity.subject_kind = $1
           AND (activity.subject_id = $2
                OR $1 = 'customer' AND activity.subject_id IN (SELECT customer_with_merged($2)))
           AND ($3 OR $9 = ANY($4::uuid[]) OR EXISTS (
                SELECT FROM ownership
                 WHERE ownership.subject_kind = $1
                   AND ownership.subject_id = $2
                   AND (ownership.unit_id = ANY($4) OR ownership.owner_id = $5)))
           AND ($6::timestamptz IS NULL OR (activity.done_at, activity.id) < ($6, $7::uuid))
         ORDER BY activity.done_at DESC, activity.id DESC
         LIMIT $8
        """,
        subject_kind,
        subject_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        after_at,
        after_id,
        limit,
        ROOT_UNIT,
    )
    return [ActivityOut.model_validate(dict(row)) for row in rows]
