"""Groups of organisations as callers send and see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.leads.domain.intake import Line
from shared.web import Request


class ParentIn(Request):
    """Below whom an organisation is to stand; nothing means that it heads a group of its own."""

    parent_id: UUID | None
    why: Line = ""


class MemberOut(BaseModel):
    """One organisation of a group."""

    id: UUID
    name: str
    is_dealer: bool
    region: str
    parent_id: UUID | None
    """Whom it stands below, perhaps somebody you may not see."""
    depth: int
    """0 for the head of the group."""
    unit_id: UUID
    owner_id: UUID | None


class GroupOut(BaseModel):
    """A group from its head down; each organisation comes behind the one it stands below."""

    members: list[MemberOut]
    hidden: int
    """So many more that you may not see."""


class MoveOut(BaseModel):
    """One time an organisation was hung below another, or below none."""

    parent_id: UUID | None
    why: str
    moved_by: UUID | None
    moved_at: AwareDatetime
