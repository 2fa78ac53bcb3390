"""Documents, read in order to change and written back."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from uuid import UUID

import asyncpg

from services.opportunities.domain.document import Content, Document, Version
from shared.contracts.base import SubjectKind
from shared.db import Tx

_FIELDS = tuple(field.name for field in fields(Document))


async def subject_of(tx: Tx, id: UUID) -> tuple[SubjectKind, UUID] | None:
    """What the document belongs to."""
    row = await tx.fetchrow("SELECT subject_kind, subject_id FROM document WHERE id = $1", id)
    return (row["subject_kind"], row["subject_id"]) if row else None


async def lock(tx: Tx, id: UUID) -> Document | None:
    """The document, locked, if the wall lets whoever asks see it."""
    return (await lock_all(tx, [id])).get(id)


async def lock_all(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Document]:
    """Those of the documents that there are, locked in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, name, unit_id, attached_by, attached_at, version,
               system, withdrawn_because, withdrawn_by, withdrawn_at, reason, sequence
          FROM document
         WHERE id = ANY($1::uuid[])
         ORDER BY id
           FOR UPDATE
        """,
        list(ids),
    )
    return {row["id"]: Document(**row) for row in rows}


async def about_leads(tx: Tx, lead_ids: Sequence[UUID]) -> list[Document]:
    """Documents of leads, and of the deals that came of them, locked."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM document
         WHERE (subject_kind = 'lead' AND subject_id = ANY($1::uuid[]))
            OR (subject_kind = 'opportunity'
                AND subject_id IN (SELECT id FROM deal WHERE lead_id = ANY($1)))
        """,
        lead_ids,
    )
    return list((await lock_all(tx, [row["id"] for row in rows])).values())


async def save(tx: Tx, documents: Sequence[Document]) -> None:
    """Write documents, new ones and those that have changed."""
    rows = [{name: getattr(document, name) for name in _FIELDS} for document in documents]
    await tx.execute(
        """
        INSERT INTO document
               (id, subject_kind, subject_id, name, unit_id, attached_by, attached_at, version,
                system, withdrawn_because, withdrawn_by, withdrawn_at, reason, sequence)
        SELECT id, subject_kind, subject_id, name, unit_id, attached_by, attached_at, version,
               system, withdrawn_because, withdrawn_by, withdrawn_at, reason, sequence
          FROM jsonb_populate_recordset(NULL::document, $1)
            ON CONFLICT (id)
            DO UPDATE
           SET version = excluded.version,
               withdrawn_because = excluded.withdrawn_because,
               withdrawn_by = excluded.withdrawn_by,
               withdrawn_at = excluded.withdrawn_at,
               reason = excluded.reason,
               sequence = excluded.sequence
        """,
        rows,
    )


async def add_versions(tx: Tx, versions: Sequence[Version]) -> None:
    """Write what documents have come to hold."""
    await tx.execute(
        """
        INSERT INTO document_version
               (document_id, number, sha256, size, media_type, added_by, added_at, run_id, undone)
        SELECT document_id, number, sha256, size, media_type, added_by, added_at, run_id, false
          FROM unnest($1::uuid[], $2::int[], $3::bytea[], $4::bigint[], $5::text[], $6::uuid[],
                      $7::timestamptz[], $8::uuid[])
            AS row (document_id, number, sha256, size, media_type, added_by, added_at, run_id)
        """,
        [version.document_id for version in versions],
        [version.number for version in versions],
        [version.content.sha256 for version in versions],
        [version.content.size for version in versions],
        [version.content.media_type for version in versions],
        [version.added_by for version in versions],
        [version.added_at for version in versions],
        [version.run_id for version in versions],
    )


async def versions(tx: Tx, ids: Collection[UUID]) -> dict[UUID, list[Version]]:
    """What the documents have held, in order; erased contents are passed over."""
    rows = await tx.fetch(
        """
        SELECT document_id, number, sha256, size, media_type, added_by, added_at, run_id, undone
          FROM document_version
         WHERE document_id = ANY($1::uuid[])
           AND sha256 IS NOT NULL
         ORDER BY document_id, number
        """,
        list(ids),
    )
    found: dict[UUID, list[Version]] = {}
    for row in rows:
        found.setdefault(row["document_id"], []).append(_version(row))
    return found


async def note_undone(tx: Tx, ids: Collection[UUID], run_id: UUID) -> None:
    """Remember that what an import brought was taken back."""
    await tx.execute(
        """
        UPDATE document_version
           SET undone = true
         WHERE document_id = ANY($1::uuid[])
           AND run_id = $2
        """,
        list(ids),
        run_id,
    )


async def forget(tx: Tx, ids: Collection[UUID]) -> None:
    """Names, reasons and contents go; when there was what is still known."""
    await tx.execute(
        "UPDATE document SET name = '', reason = '' WHERE id = ANY($1::uuid[])", list(ids)
    )
    await tx.execute(
        "UPDATE document_version SET sha256 = NULL WHERE document_id = ANY($1::uuid[])", list(ids)
    )


def _version(row: asyncpg.Record) -> Version:
    values = dict(row)
    content = Content(**{name: values.pop(name) for name in ("sha256", "size", "media_type")})
    return Version(**values, content=content)
