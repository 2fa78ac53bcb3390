"""What people see of imports: statements that read in order to show."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from shared.db import Tx
from shared.imports.state import EFFECTS, ImportOut
from shared.imports.writing import Form
from shared.refusals import NotFound

_PAGE = 5000


async def run(tx: Tx, import_id: UUID) -> ImportOut:
    """One file, when the caller may see it."""
    row = await tx.fetchrow(
        """
        SELECT id, kind, state, dry_run, file_name, file_size, file_sha256, mapping, encoding,
               columns, rows_expected, created, updated, unchanged, duplicate, rejected, undoes,
               withdrawn, restored, migration, problem, created_at, started_at, finished_at
          FROM import_run
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]) OR actor_id = $4)
        """,
        import_id,
        tx.scope.everything,
        list(tx.scope.units),
        tx.scope.person_id,
    )
    if row is None:
        raise NotFound(id=import_id)
    return _shown(row)


async def runs(
    tx: Tx, *, migration: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[ImportOut]:
    """Files the caller may see, of one migration if it is named, the newest first."""
    created_at, import_id = before or (None, None)
    rows = await tx.fetch(
        """
        SELECT id, kind, state, dry_run, file_name, file_size, file_sha256, mapping, encoding,
               columns, rows_expected, created, updated, unchanged, duplicate, rejected, undoes,
               withdrawn, restored, migration, problem, created_at, started_at, finished_at
          FROM import_run
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR actor_id = $3)
           AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
           AND ($6::text IS NULL OR migration = $6)
         ORDER BY created_at DESC, id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        list(tx.scope.units),
        tx.scope.person_id,
        created_at,
        import_id,
        migration,
        limit,
    )
    return [_shown(row) for row in rows]


async def form(tx: Tx, import_id: UUID) -> tuple[list[str], Form]:
    """The columns of the file, and how it is written."""
    row = await tx.fetchrow(
        "SELECT header, encoding, delimiter FROM import_run WHERE id = $1", import_id
    )
    if row is None:
        raise NotFound(id=import_id)
    return row["header"], Form(row["encoding"] or "utf-8", row["delimiter"])


async def rejections(tx: Tx, import_id: UUID) -> AsyncIterator[Record]:
    """The rows that were not taken in, in the order of the file."""
    after = 0
    while True:
        rows = await tx.fetch(
            """
            SELECT row, field, reason, cells, sealed
              FROM import_rejection
             WHERE import_id = $1 AND row > $2
             ORDER BY row
             LIMIT $3
            """,
            import_id,
            after,
            _PAGE,
        )
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        after = rows[-1]["row"]


def _shown(row: Record) -> ImportOut:
    mapping = row["mapping"]
    rows = sum(row[name] for name in EFFECTS)
    return ImportOut(
        **{
            **row,
            "file_sha256": row["file_sha256"].hex(),
            "system": mapping["system"],
            "history": mapping["history"],
            "rows": rows,
        }
    )
