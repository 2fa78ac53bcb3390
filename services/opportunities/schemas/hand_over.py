"""Requests and responses about handing everything over that somebody has."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.opportunities.schemas.fields import Reason
from shared.contracts.base import SubjectKind
from shared.web import Request

ALL_KINDS: tuple[SubjectKind, ...] = ("lead", "customer", "opportunity")
Kinds = Annotated[tuple[SubjectKind, ...], Field(min_length=1, max_length=3)]


class NewShare(Request):
    """Who takes which records: `when` may speak of `kind`, `region`, `industry` and `company`."""

    person_id: UUID
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    when: Annotated[str, Field(max_length=2000)] = "true"


class NewHandOver(Request):
    """What somebody has goes to others, complete or not at all."""

    from_person_id: UUID
    to: Annotated[tuple[NewShare, ...], Field(min_length=1, max_length=200)]
    kinds: Kinds = ALL_KINDS
    reason: Reason
    leaves: bool = False
    """Close the giver's account in the same act; operators only."""


class GivingBack(Request):
    """Why it goes back."""

    reason: Reason


class ShareOut(BaseModel):
    """Who takes which records."""

    person_id: UUID
    weight: int
    when: str


class HandOverOut(BaseModel):
    """What was asked for, and what came of it."""

    id: UUID
    from_id: UUID
    shares: list[ShareOut]
    kinds: list[SubjectKind]
    reason: str
    leaves: bool
    returns_id: UUID | None
    state: Literal["queued", "done", "refused"]
    problem: str
    records: int
    asked_by: UUID
    asked_at: datetime
    done_at: datetime | None


class HandedOver(BaseModel):
    """One thing that changed hands."""

    record_id: UUID
    """Of its ownership, or of the product line with the customer."""
    subject_kind: str
    subject_id: UUID
    product_line: str
    from_id: UUID
    to_id: UUID
