"""Contents of documents: each stored once, a piece at a time, under its SHA-256."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.opportunities.domain.document import Content
from shared.db import Tx

KEPT_UNNAMED = timedelta(days=30)
"""So long a content that was sent ahead waits for a document."""


async def keep(tx: Tx, content: Content, pieces: Iterable[bytes]) -> bool:
    """Store a content unless it is there already; whether it was new."""
    is_new = await tx.fetchval(
        """
        INSERT INTO document_content (sha256, size, media_type, stored_at)
        VALUES ($1, $2, $3, $4)
            ON CONFLICT (sha256)
            DO UPDATE
           SET stored_at = excluded.stored_at
        RETURNING xmax = 0
        """,
        content.sha256,
        content.size,
        content.media_type,
        tx.now,
    )
    if not is_new:
        return False
    for number, piece in enumerate(pieces):
        await tx.execute(
            "INSERT INTO document_chunk (sha256, number, bytes) VALUES ($1, $2, $3)",
            content.sha256,
            number,
            piece,
        )
    return True


async def touch(tx: Tx, sha256: bytes) -> bool:
    """Whether a content is stored; it is kept as if it had been sent again."""
    row = await tx.fetchrow(
        "UPDATE document_content SET stored_at = $2 WHERE sha256 = $1 RETURNING sha256",
        sha256,
        tx.now,
    )
    return row is not None


async def note_place(tx: Tx, place: bytes, sha256: bytes) -> None:
    """Remember which content lay somewhere in another system."""
    await tx.execute(
        """
        INSERT INTO document_place (place, sha256)
        VALUES ($1, $2)
            ON CONFLICT (place)
            DO UPDATE
           SET sha256 = excluded.sha256
        """,
        place,
        sha256,
    )


async def known(tx: Tx, hashes: Collection[bytes]) -> dict[bytes, Content]:
    """Those of the contents that are stored; they stay until this transaction ends."""
    rows = await tx.fetch(
        """
        SELECT sha256, size, media_type
          FROM document_content
         WHERE sha256 = ANY($1::bytea[])
         ORDER BY sha256
           FOR KEY SHARE
        """,
        list(hashes),
    )
    return {row["sha256"]: Content(**row) for row in rows}


async def at_places(tx: Tx, places: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Which content lay at each of the places."""
    rows = await tx.fetch(
        "SELECT place, sha256 FROM document_place WHERE place = ANY($1::bytea[])",
        list(places),
    )
    return {row["place"]: row["sha256"] for row in rows}


async def forget(tx: Tx, hashes: Collection[bytes]) -> None:
    """Let contents go that no document has any more.

    They are locked first, so that whoever sends one of them at this moment waits, and sends it anew.
    """
    await tx.execute(
        """
        SELECT FROM document_content
         WHERE sha256 = ANY($1::bytea[])
         ORDER BY sha256
           FOR UPDATE
        """,
        list(hashes),
    )
    await tx.execute(
        """
        DELETE FROM document_content
         WHERE sha256 = ANY($1::bytea[])
           AND NOT EXISTS (
               SELECT FROM document_version
                WHERE document_version.sha256 = document_content.sha256)
        """,
        list(hashes),
    )


async def unnamed(tx: Tx, *, now: datetime, limit: int) -> list[bytes]:
    """Contents that were sent ahead long ago, and that no document has."""
    rows = await tx.fetch(
        """
        SELECT sha256
          FROM document_content
         WHERE stored_at < $1
           AND NOT EXISTS (
               SELECT FROM document_version
                WHERE document_version.sha256 = document_content.sha256)
         LIMIT $2
        """,
        now - KEPT_UNNAMED,
        limit,
    )
    return [row["sha256"] for row in rows]


async def of_documents(tx: Tx, document_ids: Collection[UUID]) -> list[bytes]:
    """The contents of these documents, in all their versions."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT sha256
          FROM document_version
         WHERE document_id = ANY($1::uuid[])
           AND sha256 IS NOT NULL
        """,
        list(document_ids),
    )
    return [row["sha256"] for row in rows]
