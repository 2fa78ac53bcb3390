"""Documents as they are shown, to whoever sees what they belong to."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.opportunities.schemas.document import ContentOut, DocumentOut, VersionOut
from shared.contracts.base import SubjectKind
from shared.db import Tx
from shared.web.cursor import Value


@dataclass(frozen=True, kw_only=True)
class Download:
    """What is needed to hand a content out."""

    name: str
    sha256: bytes | None
    size: int
    media_type: str
    withdrawn_because: str


async def one(tx: Tx, id: UUID) -> DocumentOut | None:
    """A document, as far as the wall lets it be seen."""
    row = await tx.fetchrow(
        """
        SELECT id, subject_kind, subject_id, name, unit_id, attached_by, attached_at, version,
               withdrawn_because, withdrawn_by, withdrawn_at, reason
          FROM document
         WHERE id = $1
        """,
        id,
    )
    return (await _shown(tx, [row]))[0] if row else None


async def page(
    tx: Tx,
    *,
    subject_kind: SubjectKind,
    subject_id: UUID,
    withdrawn: bool,
    after_at: Value,
    after_id: Value,
    limit: int,
) -> list[DocumentOut]:
    """Documents of one subject, the newest first; of a customer, also those of the ones merged into it."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, name, unit_id, attached_by, attached_at, version,
               withdrawn_because, withdrawn_by, withdrawn_at, reason
          FROM document
         WHERE subject_kind = $1
           AND (subject_id = $2
                OR $1 = 'customer' AND subject_id IN (SELECT customer_with_merged($2)))
           AND ($3 OR withdrawn_because = '')
           AND ($4::timestamptz IS NULL OR (attached_at, id) < ($4, $5::uuid))
         ORDER BY attached_at DESC, id DESC
         LIMIT $6
        """,
        subject_kind,
        subject_id,
        withdrawn,
        after_at,
        after_id,
        limit,
    )
    return await _shown(tx, rows)


async def download(tx: Tx, id: UUID, version: int | None) -> Download | None:
    """One content of a document; the latest unless it is said."""
    row = await tx.fetchrow(
        """
        SELECT document.name, document_version.sha256, document_version.size,
               document_version.media_type, document.withdrawn_because
          FROM document
          JOIN document_version
            ON document_version.document_id = document.id
           AND document_version.number = coalesce($2, document.version)
         WHERE document.id = $1
        """,
        id,
        version,
    )
    return Download(**row) if row else None


async def piece(tx: Tx, sha256: bytes, number: int) -> bytes | None:
    """One piece of a content; nothing behind its end."""
    return await tx.fetchval(
        "SELECT bytes FROM document_chunk WHERE sha256 = $1 AND number = $2", sha256, number
    )


async def content(tx: Tx, sha256: bytes) -> ContentOut | None:
    """A content, if it is stored."""
    row = await tx.fetchrow(
        """
        SELECT encode(sha256, 'hex') AS sha256, size, media_type
          FROM document_content
         WHERE sha256 = $1
        """,
        sha256,
    )
    return ContentOut(**row) if row else None


async def _shown(tx: Tx, rows: Collection[asyncpg.Record]) -> list[DocumentOut]:
    versions = await tx.fetch(
        """
        SELECT document_version.document_id, document_version.number,
               encode(document_version.sha256, 'hex') AS sha256, document_version.size,
               document_version.media_type, document_version.added_by,
               coalesce(person.name, '') AS added_by_name, document_version.added_at
          FROM document_version
          LEFT JOIN person ON person.id = document_version.added_by
         WHERE document_version.document_id = ANY($1::uuid[])
         ORDER BY document_version.number DESC
        """,
        [row["id"] for row in rows],
    )
    held: dict[UUID, list[VersionOut]] = {}
    for version in versions:
        held.setdefault(version["document_id"], []).append(VersionOut.model_validate(dict(version)))
    return [DocumentOut(**row, versions=held.get(row["id"], [])) for row in rows]
