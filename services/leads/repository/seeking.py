"""Looking for a person where no record refers to them, a batch at a time."""

from collections.abc import Sequence

from asyncpg import Record

from services.leads.domain.erasure import Sought
from services.leads.repository import bodies
from services.leads.repository.erasing import Erasing, Looked
from shared.db import Tx
from shared.imports import sealed as files
from shared.web.idempotency import Once

BATCH = 500
_ERASED = b'{"erased":true}'
"""What is answered to whoever asks again: the command was done, and what it showed is gone."""


async def unlinked_submissions(tx: Tx, erasing: Erasing) -> Looked:
    """What waited in quarantine, or was given up there, and names the person."""
    rows = await tx.fetch(
        """
        SELECT id, coalesce(mended, opened, body) AS message, body, content_type
          FROM submission
         WHERE lead_id IS NULL
           AND erased_at IS NULL
           AND ($1::uuid IS NULL OR id > $1)
         ORDER BY id
         LIMIT $2
           FOR UPDATE
        """,
        erasing.reached and erasing.reached[0],
        BATCH,
    )
    found = [
        row["id"]
        for row in rows
        if erasing.sought.is_in_body(
            bodies.opened(tx, row["id"], row["message"]), row["content_type"]
        )
    ]
    await tx.execute(
        """
        UPDATE submission
           SET body = '', opened = NULL, mended = NULL, problem = NULL, content_hash = NULL,
               visitor = NULL, erased_at = $2, emptied_at = $2, state = 'discarded', discarded_for = 'erased'
         WHERE id = ANY($1)
        """,
        found,
        tx.now,
    )
    return Looked(erased=len(found), reached=[str(rows[-1]["id"])] if len(rows) == BATCH else None)


async def rejected_rows(tx: Tx, erasing: Erasing) -> Looked:
    """Rows of files that were not taken in and name the person."""
    import_id, number = erasing.reached or (None, None)
    rows = await tx.fetch(
        """
        SELECT import_id, row, cells, sealed
          FROM import_rejection
         WHERE $1::uuid IS NULL OR (import_id, row) > ($1, $2::int)
         ORDER BY import_id, row
         LIMIT $3
        """,
        import_id,
        number,
        BATCH,
    )
    found = [
        row
        for row in rows
        if erasing.sought.is_in("\n".join(files.opened_cells(tx, row["import_id"], row).values()))
    ]
    await tx.execute(
        """
        DELETE FROM import_rejection AS held
         USING unnest($1::uuid[], $2::int[]) AS gone (import_id, row)
         WHERE held.import_id = gone.import_id
           AND held.row = gone.row
        """,
        [row["import_id"] for row in found],
        [row["row"] for row in found],
    )
    last = [str(rows[-1]["import_id"]), rows[-1]["row"]] if len(rows) == BATCH else None
    return Looked(erased=len(found), reached=last)


async def stored_answers(tx: Tx, erasing: Erasing) -> Looked:
    """Answers kept for those who ask again, which show the person."""
    principal, scope, key = erasing.reached or (None, None, None)
    rows = await tx.fetch(
        """
        SELECT principal, scope, key, body, is_sealed
          FROM idempotency
         WHERE status IS NOT NULL
           AND ($1::uuid IS NULL OR (principal, scope, key) > ($1, $2, $3))
         ORDER BY principal, scope, key
         LIMIT $4
        """,
        principal,
        scope,
        key,
        BATCH,
    )
    ids = [str(record) for record in (*erasing.circle.lead_ids, *erasing.circle.contact_ids)]
    found = [row for row in rows if _shows(tx, erasing.sought, ids, row)]
    await tx.execute(
        """
        UPDATE idempotency AS held
           SET body = gone.body, is_sealed = true
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
            AS gone (principal, scope, key, body)
         WHERE held.principal = gone.principal
           AND held.scope = gone.scope
           AND held.key = gone.key
        """,
        [row["principal"] for row in found],
        [row["scope"] for row in found],
        [row["key"] for row in found],
        [tx.sealer.seal(_ERASED, place=_place_of_answer(row)) for row in found],
    )
    last = rows[-1] if len(rows) == BATCH else None
    reached = [str(last["principal"]), last["scope"], last["key"]] if last else None
    return Looked(erased=len(found), reached=reached)


async def ended_files(tx: Tx, erasing: Erasing) -> Looked | None:
    """Files are not picked apart: those whose run has ended are not read again, and are forgotten whole.

    Nothing while one that came before is being worked on.
    """
    is_busy = await tx.fetchval(
        """
        SELECT EXISTS (SELECT
                         FROM import_run
                        WHERE state IN ('queued', 'running')
                          AND created_at <= $1)
        """,
        erasing.asked_at,
    )
    if is_busy:
        return None
    erased = await tx.fetchval(
        """
        WITH gone AS (
            DELETE FROM import_chunk
             USING import_run
             WHERE import_run.id = import_chunk.import_id
               AND import_run.created_at <= $1
            RETURNING import_id
        )
        SELECT count(DISTINCT import_id) FROM gone
        """,
        erasing.asked_at,
    )
    return Looked(erased=erased, reached=None)


def _shows(tx: Tx, sought: Sought, ids: Sequence[str], row: Record) -> bool:
    """A sealed answer about one of the records shows the person; any other is read."""
    body: bytes = row["body"]
    if row["is_sealed"]:
        body = tx.sealer.open(body, place=_place_of_answer(row))
        if any(each.encode() in body for each in ids):
            return True
    return sought.is_in_body(body)


def _place_of_answer(row: Record) -> str:
    return Once(
        principal_id=row["principal"], scope=row["scope"], key=row["key"], body_hash=b""
    ).place
