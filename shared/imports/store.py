"""The statements of the import engine."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from shared.db import Tx
from shared.imports import sealed
from shared.imports.mapping import Mapping as ColumnMapping
from shared.imports.state import Rejection, Waiting
from shared.refusals import Refused

MOST_WAITING_EVENTS = 50_000
"""Imports pause while more events than this wait for Kafka."""


async def insert_run(
    tx: Tx,
    *,
    id: UUID,
    kind: str,
    dry_run: bool,
    file_name: str,
    size: int,
    sha256: bytes,
    mapping: ColumnMapping,
    actor_id: UUID,
    unit_id: UUID,
    migration: str = "",
) -> None:
    """Put a file in the queue."""
    await tx.execute(
        """
        INSERT INTO import_run (id, kind, state, dry_run, file_name, file_size, file_sha256,
                                mapping, actor_id, unit_id, created_at, migration)
        VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        id,
        kind,
        dry_run,
        file_name,
        size,
        sha256,
        mapping.model_dump(mode="json"),
        actor_id,
        unit_id,
        tx.now,
        migration,
    )


async def insert_chunks(tx: Tx, import_id: UUID, chunks: Iterable[bytes]) -> None:
    """Keep the file's bytes, a piece at a time."""
    for number, piece in enumerate(chunks):
        await tx.execute(
            """
            INSERT INTO import_chunk (import_id, number, bytes, is_sealed)
            VALUES ($1, $2, $3, $4)
            """,
            import_id,
            number,
            sealed.chunk(tx, import_id, number, piece) if tx.keeps_secrets else piece,
            tx.keeps_secrets,
        )


async def chunks(tx: Tx, import_id: UUID) -> AsyncIterator[bytes]:
    """The file's bytes in order, one piece in memory at a time."""
    number = 0
    while True:
        row = await tx.fetchrow(
            "SELECT bytes, is_sealed FROM import_chunk WHERE import_id = $1 AND number = $2",
            import_id,
            number,
        )
        if row is None:
            return
        piece: bytes = row["bytes"]
        yield sealed.opened_chunk(tx, import_id, number, piece) if row["is_sealed"] else piece
        number += 1


async def lock_next(tx: Tx, *, now: datetime, limit: int) -> Sequence[Waiting]:  # noqa: ARG001
    """The file whose turn it is and that is nobody's; none while Kafka is far behind."""
    rows = await tx.fetch(
        """
        SELECT id, kind, dry_run, mapping, actor_id, unit_id, row_cursor, undoes
          FROM import_run
         WHERE state IN ('queued', 'running')
           AND (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) waiting) < $1
         ORDER BY coalesce(worked_at, created_at), id
         LIMIT least($2, 1 + (SELECT count(*) FROM timer_backoff WHERE timer = 'imports'))
           FOR UPDATE SKIP LOCKED
        """,
        MOST_WAITING_EVENTS,
        limit,
    )
    return [
        Waiting(**{**row, "mapping": ColumnMapping.model_validate(row["mapping"])}) for row in rows
    ]


async def note_opened(
    tx: Tx,
    import_id: UUID,
    *,
    encoding: str,
    delimiter: str,
    header: Sequence[str],
    columns: Mapping[str, str],
    expected: int,
) -> None:
    """What the file turned out to be."""
    await tx.execute(
        """
        UPDATE import_run
           SET state = 'running', encoding = $2, header = $3, columns = $4, rows_expected = $5,
               delimiter = $6, started_at = coalesce(started_at, $7)
         WHERE id = $1
        """,
        import_id,
        encoding,
        list(header),
        dict(columns),
        expected,
        delimiter,
        tx.now,
    )


async def advance(
    tx: Tx, import_id: UUID, *, cursor: int, counts: Mapping[str, int], done: bool
) -> None:
    """Move the cursor and the counts, in the transaction of the effects they stand for."""
    await tx.execute(
        """
        UPDATE import_run
           SET row_cursor = $2,
               created = created + $3,
               updated = updated + $4,
               unchanged = unchanged + $5,
               duplicate = duplicate + $6,
               rejected = rejected + $7,
               withdrawn = withdrawn + $8,
               restored = restored + $9,
               state = CASE WHEN $10 THEN 'done' ELSE state END,
               worked_at = $11,
               finished_at = CASE WHEN $10 THEN $11::timestamptz END
         WHERE id = $1
        """,
        import_id,
        cursor,
        counts.get("created", 0),
        counts.get("updated", 0),
        counts.get("unchanged", 0),
        counts.get("duplicate", 0),
        counts.get("rejected", 0),
        counts.get("withdrawn", 0),
        counts.get("restored", 0),
        done,
        tx.now,
    )


async def insert_rejections(tx: Tx, import_id: UUID, rejections: Sequence[Rejection]) -> None:
    """Keep rows that were not taken in, for the error file."""
    if not rejections:
        return
    await tx.execute(
        """
        INSERT INTO import_rejection (import_id, row, field, reason, cells, sealed)
        SELECT $1, row, field, reason, cells, sealed
          FROM unnest($2::int[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[])
            AS rejection (row, field, reason, cells, sealed)
        """,
        import_id,
        [rejection.outcome.row for rejection in rejections],
        [rejection.outcome.field for rejection in rejections],
        [rejection.outcome.reason for rejection in rejections],
        [None if tx.keeps_secrets else dict(rejection.row.cells) for rejection in rejections],
        [sealed.rejection(tx, import_id, rejection) for rejection in rejections],
    )


async def refuse(tx: Tx, import_id: UUID, refused: Refused) -> None:
    """The file cannot be taken in; its bytes stay."""
    problem = {
        **refused.details,
        "type": f"/problems/{refused.slug()}",
        "title": refused.title(),
        "detail": refused.message,
        "next_step": refused.next_step,
    }
    await tx.execute(
        """
        UPDATE import_run
           SET state = 'refused', problem = $2, finished_at = $3
         WHERE id = $1
        """,
        import_id,
        problem,
        tx.now,
    )
