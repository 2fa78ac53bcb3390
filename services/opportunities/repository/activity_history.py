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


async def unlogged(tx: Tx, ids: Collection[UUID]) -> dict[UUID, int]:
    """Where those of these activities stand that were taken back with their import."""
    rows = await tx.fetch(
        "SELECT id, sequence FROM activity_unlogged WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: row["sequence"] for row in rows}


async def of_run(tx: Tx, run_id: UUID, ids: Collection[UUID]) -> dict[UUID, Activity]:
    """Those of these activities that came with this import; whose subjects' ownerships are held."""
    await tx.execute(
        """
        SELECT ownership.id
          FROM ownership
          JOIN activity USING (subject_kind, subject_id)
         WHERE activity.id = ANY($1::uuid[])
         ORDER BY ownership.id
           FOR UPDATE OF ownership
        """,
        list(ids),
    )
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
               text, next_step, next_step_on, sequence
          FROM activity
         WHERE id = ANY($1::uuid[])
           AND run_id = $2
        """,
        list(ids),
        run_id,
    )
    return {row["id"]: Activity(**row) for row in rows}


async def remove_all(tx: Tx, activities: Sequence[Activity]) -> None:
    """These were not done, and their subjects were last worked on when something else was."""
    rows = [
        {"id": one.id, "subject_kind": one.subject_kind, "subject_id": one.subject_id}
        | {"sequence": one.sequence}
        for one in activities
    ]
    await tx.execute(
        """
        WITH gone AS (
            SELECT id, sequence FROM jsonb_to_recordset($1) AS row (id uuid, sequence int)
        ), removed AS (
            DELETE FROM activity USING gone WHERE activity.id = gone.id
        )
        INSERT INTO activity_unlogged (id, sequence) SELECT id, sequence FROM gone
        """,
        rows,
    )
    await tx.execute(
        """
        UPDATE ownership
           SET last_activity_at = (SELECT max(done_at)
                                     FROM activity
                                    WHERE activity.subject_kind = ownership.subject_kind
                                      AND activity.subject_id = ownership.subject_id)
          FROM (SELECT DISTINCT subject_kind, subject_id
                  FROM jsonb_to_recordset($1) AS row (subject_kind text, subject_id uuid)) AS about
         WHERE ownership.subject_kind = about.subject_kind
           AND ownership.subject_id = about.subject_id
        """,
        rows,
    )


async def add_all(tx: Tx, activities: Sequence[Activity], *, system: str, run_id: UUID) -> None:
    """Write what was done, and that their subjects were worked on then."""
    rows = [{name: getattr(activity, name) for name in _FIELDS} for activity in activities]
    await tx.execute(
        """
        INSERT INTO activity
               (id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
                text, next_step, next_step_on, sequence, system, run_id)
        SELECT id, subject_kind, subject_id, kind, done_by, unit_id, done_at,
               text, next_step, next_step_on, sequence, $2, $3
          FROM jsonb_populate_recordset(NULL::activity, $1)
        """,
        rows,
        system,
        run_id,
    )
    await tx.execute(
        "DELETE FROM activity_unlogged WHERE id = ANY($1::uuid[])", [one.id for one in activities]
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
