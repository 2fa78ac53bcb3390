"""Taking an import back: asked for once, then worked through like the import itself.

The file is read again, row by row, and the importer's `undo` says of each row whether what it did is
taken back; rows that are to stay come back in the error file, with the reason.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from shared import audit
from shared.db import Tx as Transaction
from shared.ids import new_id
from shared.imports import queries
from shared.imports.hook import Importer
from shared.imports.refusals import (
    CannotBeUndone,
    HistoryIsForOperators,
    NothingToUndo,
    StillBeingTakenIn,
    TooLateToUndo,
)
from shared.imports.state import ImportOut
from shared.imports.watching import IMPORTERS
from shared.principals import Principal
from shared.web import Actor, Now, Tx, door


def router(known: Mapping[str, Importer[Any]]) -> APIRouter:
    """The route by which imports are undone."""
    routes = door.router(prefix="/imports", tags=["imports"])

    @routes.post(
        "/{import_id}/undo", status_code=202, response_model=ImportOut, dependencies=[IMPORTERS]
    )
    async def undo_import(
        import_id: UUID, tx: Tx, actor: Actor, now: Now, response: Response, dry_run: bool = False
    ) -> ImportOut:
        """Take back what an import did, as far as nobody has gone on from there. Twice is once."""
        importer = known.get((await queries.run(tx, import_id)).kind)
        undo_id = await undo(tx, import_id, importer, dry_run=dry_run, by=actor, now=now)
        response.headers["Location"] = f"/imports/{undo_id}"
        return await queries.run(tx, undo_id)

    return routes


async def undo(
    tx: Transaction,
    import_id: UUID,
    importer: Importer[Any] | None,
    *,
    dry_run: bool,
    by: Principal,
    now: datetime,
) -> UUID:
    """Put the undoing in the queue, unless it is there already; its id."""
    before = await _undoing(tx, import_id)
    if before is not None and not dry_run:
        return before
    done = await queries.run(tx, import_id)
    _refuse_unless_undoable(done, importer, by=by, now=now)

    undo_id = await _insert(tx, import_id, dry_run=dry_run, by=by, now=now)
    await audit.record(
        tx,
        action="import_undo_rehearsed" if dry_run else "import_undone",
        subject_kind="import",
        subject_id=import_id,
        after={"undo_id": str(undo_id)},
    )
    return undo_id


def _refuse_unless_undoable(
    done: ImportOut, importer: Importer[Any] | None, *, by: Principal, now: datetime
) -> None:
    if importer is None or importer.undo is None:
        raise CannotBeUndone(kind=done.kind)
    if done.dry_run or done.undoes is not None:
        raise NothingToUndo
    if done.history and not by.is_any("operator"):
        raise HistoryIsForOperators
    if done.finished_at is None:
        raise StillBeingTakenIn(rows=done.rows)
    if now > done.finished_at + importer.undo_within:
        raise TooLateToUndo(days=importer.undo_within.days)


async def _undoing(tx: Transaction, import_id: UUID) -> UUID | None:
    """The undoing of an import that was asked for already; whoever asks at this moment waits."""
    await tx.execute("SELECT FROM import_run WHERE id = $1 FOR UPDATE", import_id)
    return await tx.fetchval(
        """
        SELECT id
          FROM import_run
         WHERE undoes = $1
           AND NOT dry_run
           AND state <> 'refused'
        """,
        import_id,
    )


async def _insert(
    tx: Transaction, import_id: UUID, *, dry_run: bool, by: Principal, now: datetime
) -> UUID:
    return await tx.fetchval(
        """
        INSERT INTO import_run (id, kind, state, dry_run, file_name, file_size, file_sha256,
                                mapping, actor_id, unit_id, undoes, created_at)
        SELECT $2, kind, 'queued', $3, file_name, file_size, file_sha256,
               mapping, $4, unit_id, id, $5
          FROM import_run
         WHERE id = $1
        RETURNING id
        """,
        import_id,
        new_id(),
        dry_run,
        by.id,
        now,
    )
