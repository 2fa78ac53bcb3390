"""Attaching documents to what the caller may see, adding versions, withdrawing them."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import document as documents
from services.opportunities.domain.activity import SubjectNotFound
from services.opportunities.domain.document import (
    Content,
    ContentIsNotThat,
    Document,
    DocumentIsEmpty,
    Version,
)
from services.opportunities.domain.media import media_type_of
from services.opportunities.repository import activity, content, merged
from services.opportunities.repository import document as repository
from shared import audit, outbox
from shared.contracts.base import SubjectKind
from shared.contracts.documents_events import AnyDocumentEvent
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal
from shared.refusals import NotFound
from shared.web import Upload

PIECE = 256 * 1024
"""Bytes that are in memory at once, of a file that comes or goes."""
_HEAD = 4096


async def attach(
    tx: Tx, *, kind: SubjectKind, about: UUID, name: str, file: Upload, by: Principal, now: datetime
) -> Document:
    """Attach a file to something the caller may see."""
    going_on = await merged.going_on(tx, about) if kind == "customer" else about
    subject = await activity.subject(tx, kind, going_on)
    if subject is None:
        raise SubjectNotFound(subject_kind=kind, subject_id=about)
    stored = await _keep(tx, file)
    changed, version, events = documents.attach(
        id=new_id(), subject=subject, name=name, content=stored, by=by.id, at=now
    )
    return await _save(tx, changed, version, events, now=now)


async def add_version(tx: Tx, *, id: UUID, file: Upload, by: Principal, now: datetime) -> Document:
    """Add a version, unless it is what the document holds already."""
    document = await _lock_seen(tx, id)
    stored = await _keep(tx, file)
    held = (await repository.versions(tx, [id])).get(id, [])
    if held and held[-1].content == stored and not document.withdrawn_because:
        return document
    changed, version, events = documents.add_version(document, stored, by=by.id, at=now)
    return await _save(tx, changed, version, events, now=now)


async def withdraw(tx: Tx, *, id: UUID, reason: str, by: Principal, now: datetime) -> Document:
    """Let a document count no more, and say why."""
    document = await _lock_seen(tx, id)
    changed, events = documents.withdraw(document, reason=reason, by=by.id, now=now)
    await repository.save(tx, [changed])
    await outbox.append(tx, changed, events, at=now)
    await audit.record(
        tx,
        action="document_withdrawn",
        subject_kind=changed.subject_kind,
        subject_id=changed.subject_id,
        after={"document_id": str(id)},
    )
    return changed


async def keep_ahead(tx: Tx, *, sha256: bytes, system: str, path: str, file: Upload) -> Content:
    """Keep a content that rows of a file will name by its hash, or by where it lay."""
    if file.sha256 != sha256:
        raise ContentIsNotThat(sha256=file.sha256.hex())
    stored = await _keep(tx, file)
    if path:
        await content.note_place(tx, place_of(system, path), sha256)
    await audit.record(
        tx,
        action="document_content_kept",
        subject_kind="document_content",
        subject_id=UUID(bytes=sha256[:16]),
        after={"sha256": sha256.hex(), "size": stored.size},
    )
    return stored


async def place(tx: Tx, *, sha256: bytes, system: str, path: str) -> None:
    """Remember where a content lay that is stored already."""
    if not await content.touch(tx, sha256):
        raise NotFound
    await content.note_place(tx, place_of(system, path), sha256)


async def forget_unnamed(tx: Tx, due: Sequence[bytes], *, now: datetime) -> None:  # noqa: ARG001
    """Let contents go that were sent ahead for documents which never came."""
    await content.forget(tx, due)


def place_of(system: str, path: str) -> bytes:
    """Where a file lay, in a form that tells nobody its name."""
    plain = path.strip().replace("\\", "/").removeprefix("./").lstrip("/")
    return hashlib.sha256(f"{system}\x1f{plain}".encode()).digest()


async def refuse_unseen(tx: Tx, id: UUID) -> None:
    """Whoever may see what a document belongs to, or the customer that goes on for it, sees it."""
    found = await repository.subject_of(tx, id)
    if found is None:
        raise NotFound
    kind, about = found
    subject = await activity.subject(tx, kind, about)
    if subject is None and kind == "customer":
        subject = await activity.subject(tx, kind, await merged.going_on(tx, about))
    if subject is None:
        raise NotFound


async def refuse_unseen_subject(tx: Tx, kind: SubjectKind, about: UUID) -> None:
    """Documents are listed for whoever may see what they belong to."""
    if await activity.subject(tx, kind, about) is None:
        raise SubjectNotFound(subject_kind=kind, subject_id=about)


async def _lock_seen(tx: Tx, id: UUID) -> Document:
    await refuse_unseen(tx, id)
    document = await repository.lock(tx, id)
    if document is None:
        raise NotFound
    return document


async def _keep(tx: Tx, file: Upload) -> Content:
    if file.size == 0:
        raise DocumentIsEmpty
    head = file.file.read(_HEAD)
    file.file.seek(0)
    stored = Content(sha256=file.sha256, size=file.size, media_type=media_type_of(head))
    await content.keep(tx, stored, _pieces(file))
    return stored


def _pieces(file: Upload) -> Iterator[bytes]:
    while piece := file.file.read(PIECE):
        yield piece


async def _save(
    tx: Tx,
    changed: Document,
    version: Version,
    events: Sequence[AnyDocumentEvent],
    *,
    now: datetime,
) -> Document:
    await repository.save(tx, [changed])
    await repository.add_versions(tx, [version])
    await outbox.append(tx, changed, events, at=now)
    await audit.record(
        tx,
        action="document_attached",
        subject_kind=changed.subject_kind,
        subject_id=changed.subject_id,
        after={
            "document_id": str(changed.id),
            "version": version.number,
            "size": version.content.size,
            "sha256": version.content.sha256.hex(),
        },
    )
    return changed
