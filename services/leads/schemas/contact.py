"""Contacts as callers send and see them."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.leads.domain.intake import Attributes, Line, Name, Prose
from services.leads.domain.scoring import Signal
from shared.web import Request

_PERSON = {"name", "phone", "mail", "address", "notes"}


class ContactIn(Request):
    """A person who speaks for a customer."""

    customer_id: UUID
    role: Line = ""
    """What they are there: purchasing, technical director …"""
    name: Name
    phone: Line = ""
    mail: Line = ""
    address: Line = ""
    notes: Prose = ""
    attributes: Attributes = Field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """Who it is."""
        return self.model_dump(include=_PERSON)


class ContactPatch(Request):
    """What is to be different; what is not named stays."""

    name: Name | None = None
    phone: Line | None = None
    mail: Line | None = None
    address: Line | None = None
    notes: Prose | None = None
    attributes: Attributes | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What of the person is to be different."""
        return self.model_dump(include=_PERSON, exclude_none=True)


class RoleIn(Request):
    """What somebody is for an organisation."""

    role: Line = ""


class ServedOut(BaseModel):
    """One organisation that a contact speaks for."""

    customer_id: UUID
    role: str


class ContactOut(BaseModel):
    """A person who speaks for customers. Phone and mail are masked for everybody but an owner of one."""

    id: UUID
    sequence: int
    customer_id: UUID
    """The customer whose unit and owner the contact has."""
    organisations: list[ServedOut]
    """All that you may see, that one too."""
    lead_id: UUID | None
    name: str
    phone: str
    mail: str
    masked: bool
    attributes: dict[str, Signal]
    unit_id: UUID
    owner_id: UUID | None
    merged_into: UUID | None
    """The contact who goes on for this one."""
    withdrawn_at: AwareDatetime | None
    """When the conversion that made it was undone."""
    added_at: AwareDatetime
