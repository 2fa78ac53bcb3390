"""What `opportunities` says of documents: which one is attached to what, and that it is no longer."""

# An event's type is one of `str`, and frozen: pydantic's `frozen` is not seen by the type checker.
# pyright: reportIncompatibleVariableOverride=false

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Event, HistoricalEvent, SubjectKind

WithdrawnBecause = Literal["withdrawn", "import_undone", "erased"]


class DocumentEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "document"
    aggregate_key: ClassVar[str] = "document_id"

    document_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID


class DocumentAttached(DocumentEvent):
    """A document lies with a lead, a customer or a deal, in this version; its name stays with us."""

    type: Literal["document.attached.v1"] = "document.attached.v1"
    version: int
    media_type: str
    size: int
    sha256: str
    unit_id: UUID
    attached_by: UUID
    attached_at: AwareDatetime


class DocumentWithdrawn(DocumentEvent):
    """A document counts no more, in none of its versions."""

    type: Literal["document.withdrawn.v1"] = "document.withdrawn.v1"
    because: WithdrawnBecause
    withdrawn_by: UUID | None
    """Nobody when its person was erased."""
    withdrawn_at: AwareDatetime


AnyDocumentEvent = DocumentAttached | DocumentWithdrawn

EVENTS: tuple[type[Event], ...] = (DocumentAttached, DocumentWithdrawn)
