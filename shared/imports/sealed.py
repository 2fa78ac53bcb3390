"""Files and rows of files as they are kept in a service that has a key: nobody knows what is in them."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from asyncpg import Record

from shared.db import Tx
from shared.imports.state import Rejection


def chunk(tx: Tx, import_id: UUID, number: int, piece: bytes) -> bytes:
    """A piece of a file, sealed."""
    return tx.sealer.seal(piece, place=_chunk(import_id, number))


def opened_chunk(tx: Tx, import_id: UUID, number: int, piece: bytes) -> bytes:
    """A piece of a file, as it came."""
    return tx.sealer.open(piece, place=_chunk(import_id, number))


def rejection(tx: Tx, import_id: UUID, rejection: Rejection) -> bytes | None:
    """The cells of a row that did not fit, sealed; nothing where there is no key."""
    if not tx.keeps_secrets:
        return None
    return cells(tx, import_id, rejection.outcome.row, rejection.row.cells)


def cells(tx: Tx, import_id: UUID, row: int, said: Mapping[str, str]) -> bytes:
    """The cells of a row, sealed."""
    return tx.sealer.seal(orjson.dumps(dict(said)), place=_row(import_id, row))


def opened_cells(tx: Tx, import_id: UUID, row: Record) -> Mapping[str, str]:
    """The cells of a row that did not fit, as they came."""
    if row["sealed"] is None:
        return row["cells"]
    return orjson.loads(tx.sealer.open(row["sealed"], place=_row(import_id, row["row"])))


async def seal_earlier(tx: Tx, *, limit: int) -> int:
    """Seal files and rows that were kept before there was a key; how many of them, of each at most so many."""
    return await _seal_chunks(tx, limit=limit) + await _seal_rows(tx, limit=limit)


async def _seal_chunks(tx: Tx, *, limit: int) -> int:
    rows = await tx.fetch(
        """
        SELECT import_id, number, bytes
          FROM import_chunk
         WHERE NOT is_sealed
         ORDER BY import_id, number
         LIMIT $1
           FOR UPDATE
        """,
        max(1, limit // 100),
    )
    await tx.executemany(
        """
        UPDATE import_chunk
           SET bytes = $3, is_sealed = true
         WHERE import_id = $1 AND number = $2
        """,
        [(row["import_id"], row["number"], chunk(tx, *row)) for row in rows],
    )
    return len(rows)


async def _seal_rows(tx: Tx, *, limit: int) -> int:
    rows = await tx.fetch(
        """
        SELECT import_id, row, cells
          FROM import_rejection
         WHERE sealed IS NULL
         ORDER BY import_id, row
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    await tx.executemany(
        """
        UPDATE import_rejection
           SET sealed = $3, cells = NULL
         WHERE import_id = $1 AND row = $2
        """,
        [(row["import_id"], row["row"], cells(tx, *row)) for row in rows],
    )
    return len(rows)


def _chunk(import_id: UUID, number: int) -> str:
    return f"import_chunk {import_id} {number}"


def _row(import_id: UUID, row: int) -> str:
    return f"import_rejection {import_id} {row}"
