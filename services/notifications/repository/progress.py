"""What has been done about records."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from services.notifications.domain.progress import Progress
from shared.db import Tx


async def note_activities(tx: Tx, done: Mapping[UUID, datetime]) -> None:
    """Remember the latest activity about each record."""
    await tx.execute(
        """
        INSERT INTO progress AS known (subject_id, last_activity_at)
        SELECT subject_id, done_at
          FROM unnest($1::uuid[], $2::timestamptz[]) AS row (subject_id, done_at)
         ORDER BY subject_id
            ON CONFLICT (subject_id) DO UPDATE
           SET last_activity_at = GREATEST(known.last_activity_at, excluded.last_activity_at)
        """,
        list(done),
        list(done.values()),
    )


async def note_closed(tx: Tx, closed: Mapping[UUID, datetime]) -> None:
    """Remember that there is nothing left to do about these records."""
    await tx.execute(
        """
        INSERT INTO progress AS known (subject_id, closed_at)
        SELECT subject_id, closed_at
          FROM unnest($1::uuid[], $2::timestamptz[]) AS row (subject_id, closed_at)
         ORDER BY subject_id
            ON CONFLICT (subject_id) DO UPDATE
           SET closed_at = LEAST(known.closed_at, excluded.closed_at)
        """,
        list(closed),
        list(closed.values()),
    )


async def note_reopened(tx: Tx, subject_ids: Collection[UUID]) -> None:
    """Remember that there is something to do again about these records."""
    await tx.execute(
        "UPDATE progress SET closed_at = NULL WHERE subject_id = ANY($1::uuid[])",
        list(subject_ids),
    )


async def of(tx: Tx, subject_ids: Collection[UUID]) -> dict[UUID, Progress]:
    """What is known about these records; a record nobody touched is not in the answer."""
    rows = await tx.fetch(
        """
        SELECT subject_id, last_activity_at, closed_at
          FROM progress
         WHERE subject_id = ANY($1::uuid[])
        """,
        list(subject_ids),
    )
    return {
        row["subject_id"]: Progress(
            last_activity_at=row["last_activity_at"], closed_at=row["closed_at"]
        )
        for row in rows
    }
