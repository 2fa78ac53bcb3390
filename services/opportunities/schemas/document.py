"""Requests and responses about documents."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shared.contracts.base import SubjectKind
from shared.web import Request


class WithdrawDocument(Request):
    """Why a document counts no more."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class PlaceContent(Request):
    """Where a content lay in another system."""

    system: Annotated[str, Field(max_length=64)] = "file"
    path: Annotated[str, Field(min_length=1, max_length=4000)]


class VersionOut(BaseModel):
    """One content of a document."""

    number: int
    sha256: str | None
    """Nothing once its person was erased."""
    size: int
    media_type: str
    added_by: UUID
    added_by_name: str
    added_at: AwareDatetime


class DocumentOut(BaseModel):
    """A document with its versions, the newest first."""

    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    name: str
    unit_id: UUID
    attached_by: UUID
    attached_at: AwareDatetime
    version: int
    versions: list[VersionOut]
    withdrawn_because: str
    """Blank while it counts."""
    withdrawn_by: UUID | None
    withdrawn_at: AwareDatetime | None
    reason: str


class ContentOut(BaseModel):
    """A content that is stored."""

    sha256: str
    size: int
    media_type: str
