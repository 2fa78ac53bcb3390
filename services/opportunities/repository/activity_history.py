"""Activities of another system, many at a time."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from uuid import UUID

from services.opportunities.domain.activity import Activity
from shared.db import Tx

_FIELDS = tuple(field.name for field in fields(Activity))


async def known(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Activity]:
    """Those of these activities that were taken in before."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
               text, next_step, next_step_on, sequence
          FROM activity
         WHERE id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: Activity(**row) for row in rows}


async def units_of(tx: Tx, subject_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The units that have these subjects, as far as anybody was given them."""
    rows = await tx.fetch(
        "SELECT subject_id, unit_id FROM ownership WHERE subject_id = ANY($1::uuid[])",
        list(subject_ids),
    )
    return {row["subject_id"]: row["unit_id"] for row in rows}


async def add_all(tx: Tx, activities: Sequence[Activity], *, system: str) -> None:
    """Write what was done, and that their subjects were worked on then."""
    rows = [{name: getattr(activity, name) for name in _FIELDS} for activity in activities]
    await tx.execute(
        """
        INSERT INTO activity
               (id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
                text, next_step, next_step_on, sequence, system)
        SELECT id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
               text, next_step, next_step_on, sequence, $2
          FROM jsonb_populate_recordset(NULL::activity, $1)
        """,
        rows,
        system,
    )
    await tx.execute(
        """
        UPDATE ownership
           SET last_activity_at = greatest(ownership.last_activity_at, done.last_at)
          FROM (SELECT subject_kind, subject_id, max(done_at) AS last_at
                  FROM jsonb_populate_recordset(NULL::activity, $1)
                 GROUP BY subject_kind, subject_id) AS done
         WHERE ownership.subject_kind = done.subject_kind
           AND ownership.subject_id = done.subject_id
        """,
        rows,
    )
