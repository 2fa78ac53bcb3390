"""Rebuilds, as they are shown."""

from uuid import UUID

from services.analytics.domain.rebuild import UnknownRebuild
from services.analytics.schemas import RebuildOut, TableComparison
from shared.db import Tx


async def rebuild(tx: Tx, rebuild_id: UUID) -> RebuildOut:
    """One rebuild; the comparison stands there once it has ended."""
    row = await tx.fetchrow(
        """
        SELECT rebuild_id, state, messages_total, messages_read, live, rebuilt, problem, asked_at,
               finished_at
        FROM rebuild
        WHERE rebuild_id = $1
        """,
        rebuild_id,
    )
    if row is None:
        raise UnknownRebuild(rebuild_id=rebuild_id)
    return RebuildOut(
        id=row["rebuild_id"],
        state=row["state"],
        messages_total=row["messages_total"],
        messages_read=row["messages_read"],
        tables={
            table: TableComparison(
                rows=rebuilt["rows"],
                live_rows=live["rows"],
                live=live["checksum"],
                rebuilt=rebuilt["checksum"],
                equal=live == rebuilt,
            )
            for table, live in row["live"].items()
            if (rebuilt := row["rebuilt"].get(table)) is not None
        },
        problem=row["problem"],
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
    )
