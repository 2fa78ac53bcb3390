"""Contacts as callers see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class ContactOut(BaseModel):
    """A person who speaks for a customer. Phone and mail are masked for everybody but the owner."""

    id: UUID
    sequence: int
    customer_id: UUID
    lead_id: UUID | None
    name: str
    phone: str
    mail: str
    masked: bool
    unit_id: UUID
    owner_id: UUID | None
    added_at: AwareDatetime
