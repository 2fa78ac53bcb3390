"""A contact: a person who speaks for a customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.leads.domain.person import Person
from shared.aggregate import advance
from shared.contracts.leads import AnyContactEvent, ContactAdded

Events = tuple[AnyContactEvent, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who it is and for whom they speak. Owner and unit are those of the customer."""

    id: UUID
    sequence: int = 0
    customer_id: UUID
    lead_id: UUID | None = None
    person: Person
    unit_id: UUID
    owner_id: UUID | None = None
    added_at: datetime


def add(newcomer: Contact) -> tuple[Contact, Events]:
    """A person now speaks for a customer; only the id becomes known outside."""
    added = ContactAdded(
        contact_id=newcomer.id,
        customer_id=newcomer.customer_id,
        lead_id=newcomer.lead_id,
        added_at=newcomer.added_at,
    )
    contact, events = advance(newcomer, added)
    return contact, events
