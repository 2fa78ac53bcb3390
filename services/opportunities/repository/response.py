"""How long owners take to respond: a clock runs from each assignment that asks for a response."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.opportunities.domain.ownership import Ownership
from shared.db import Tx


async def begin(tx: Tx, held: Sequence[Ownership]) -> None:
    """Clocks run for those who have been given something just now."""
    asked = [one for one in held if one.owner_id and one.respond_by and not one.history]
    if asked:
        await tx.execute(
            """
            INSERT INTO response (ownership_id, assigned_at, owner_id, unit_id, respond_by)
            SELECT *
              FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::timestamptz[])
                ON CONFLICT (ownership_id, assigned_at) DO NOTHING
            """,
            [one.id for one in asked],
            [one.since for one in asked],
            [one.owner_id for one in asked],
            [one.unit_id for one in asked],
            [one.respond_by for one in asked],
        )


async def end(tx: Tx, held: Sequence[Ownership]) -> None:
    """Clocks stop for those who had it before, if they had not responded."""
    await tx.execute(
        """
        UPDATE response
           SET ended_at = now.since
          FROM unnest($1::uuid[], $2::timestamptz[]) AS now (ownership_id, since)
         WHERE response.ownership_id = now.ownership_id
           AND response.assigned_at < now.since
           AND response.responded_at IS NULL
           AND response.ended_at IS NULL
        """,
        [one.id for one in held],
        [one.since for one in held],
    )


async def stop(tx: Tx, ownership_ids: Collection[UUID], *, now: datetime) -> None:
    """Clocks stop where nothing is left to do."""
    await tx.execute(
        """
        UPDATE response
           SET ended_at = $2
         WHERE ownership_id = ANY($1::uuid[])
           AND responded_at IS NULL
           AND ended_at IS NULL
        """,
        list(ownership_ids),
        now,
    )
