"""A document: a named file that lies with a lead, a customer or a deal, in one or more versions."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.opportunities.domain.activity import Subject
from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.documents_events import (
    AnyDocumentEvent,
    DocumentAttached,
    DocumentWithdrawn,
    WithdrawnBecause,
)
from shared.refusals import Conflict, Invalid

LONGEST_NAME = 255
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Control characters, and those that turn the direction of a name around."""


class DocumentIsEmpty(Invalid):
    """There is nothing in the document.

    Send the bytes of the file as the body.
    """


class DocumentNameInvalid(Invalid):
    """The document needs a name of at most {longest} characters."""


class DocumentIsWithdrawn(Conflict):
    """The document was withdrawn.

    Attach the file as a new document if it counts after all.
    """


class ContentIsNotThat(Invalid):
    """The body has the SHA-256 {sha256}, not the one in the address.

    Send the file again as it is.
    """


class DocumentIsErased(Conflict):
    """The content was erased together with the person it was about."""

    status: ClassVar[int] = 410


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes, known by what they are."""

    sha256: bytes
    size: int
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """One content of a document; a later one keeps it."""

    document_id: UUID
    number: int
    content: Content
    added_by: UUID
    added_at: datetime
    run_id: UUID | None = None
    undone: bool = False
    """Whether the import that brought it was taken back."""


@dataclass(frozen=True, kw_only=True)
class Document:
    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    name: str
    """It may say who somebody is, so it stays here."""
    unit_id: UUID
    attached_by: UUID
    attached_at: datetime
    version: int = 0
    """Of its latest content."""
    system: str = ""
    withdrawn_because: WithdrawnBecause | Literal[""] = ""
    withdrawn_by: UUID | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    sequence: int = 0


Changed = tuple[Document, Version, Sequence[AnyDocumentEvent]]


def attach(
    *,
    id: UUID,
    subject: Subject,
    name: str,
    content: Content,
    by: UUID,
    at: datetime,
    system: str = "",
    run_id: UUID | None = None,
) -> Changed:
    """A document lies with its subject from now on."""
    document = Document(
        id=id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        name=clean_name(name),
        unit_id=subject.unit_id,
        attached_by=by,
        attached_at=at,
        system=system,
    )
    return _next(document, content, by=by, at=at, run_id=run_id)


def add_version(document: Document, content: Content, *, by: UUID, at: datetime) -> Changed:
    """The document has this content from now on; the earlier ones stay."""
    if document.withdrawn_because:
        raise DocumentIsWithdrawn
    return _next(document, content, by=by, at=at)


def bring_again(
    document: Document, content: Content, *, by: UUID, at: datetime, run_id: UUID | None
) -> Changed:
    """What another system, or an import that is undone, says the content is."""
    return _next(document, content, by=by, at=at, run_id=run_id)


def withdraw(
    document: Document,
    *,
    because: WithdrawnBecause = "withdrawn",
    reason: str = "",
    by: UUID | None,
    now: datetime,
) -> tuple[Document, Sequence[AnyDocumentEvent]]:
    """The document counts no more; that there was one, and why it went, is still known."""
    if document.withdrawn_because:
        raise DocumentIsWithdrawn
    return advance(
        document,
        DocumentWithdrawn(
            document_id=document.id,
            subject_kind=document.subject_kind,
            subject_id=document.subject_id,
            because=because,
            withdrawn_by=by,
            withdrawn_at=now,
        ),
        withdrawn_because=because,
        withdrawn_by=by,
        withdrawn_at=now,
        reason=reason,
    )


def refuse_unreadable(because: str, sha256: bytes | None) -> bytes:
    """The content to be handed out, unless the document counts no more."""
    if because == "erased" or sha256 is None:
        raise DocumentIsErased
    if because:
        raise DocumentIsWithdrawn
    return sha256


def clean_name(sent: str) -> str:
    """The name without folders and without characters nobody sees."""
    seen = "".join(each for each in sent if unicodedata.category(each) not in _UNSEEN)
    name = seen.replace("\\", "/").rpartition("/")[2].strip()
    if not name.strip(".") or len(name) > LONGEST_NAME:
        raise DocumentNameInvalid(longest=LONGEST_NAME)
    return name


def _next(
    document: Document, content: Content, *, by: UUID, at: datetime, run_id: UUID | None = None
) -> Changed:
    version = Version(
        document_id=document.id,
        number=document.version + 1,
        content=content,
        added_by=by,
        added_at=at,
        run_id=run_id,
    )
    changed, events = advance(
        document,
        DocumentAttached(
            document_id=document.id,
            subject_kind=document.subject_kind,
            subject_id=document.subject_id,
            version=version.number,
            media_type=content.media_type,
            size=content.size,
            sha256=content.sha256.hex(),
            unit_id=document.unit_id,
            attached_by=by,
            attached_at=at,
            history=run_id is not None,
        ),
        version=version.number,
        withdrawn_because="",
        withdrawn_by=None,
        withdrawn_at=None,
        reason="",
    )
    return changed, version, events
