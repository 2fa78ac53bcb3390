"""A contact: a person who speaks for one customer or several."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.leads.domain.person import Person
from services.leads.domain.refusals import (
    LastOrganisation,
    MergedIntoAnother,
    NotLinked,
    WithdrawnAgain,
)
from services.leads.domain.scoring import Signal
from shared.aggregate import advance
from shared.contracts.base import ExternalId
from shared.contracts.leads import (
    AnyContactEvent,
    ContactAdded,
    ContactLinked,
    ContactUnlinked,
    ContactUpdated,
)

Events = tuple[AnyContactEvent, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who it is and for whom they speak. Owner and unit are those of `customer_id`."""

    id: UUID
    sequence: int = 0
    customer_id: UUID
    roles: Mapping[UUID, str] = field(default_factory=dict)
    """What they are for each organisation that they speak for; blank where nobody has said."""
    lead_id: UUID | None = None
    external: ExternalId | None = None
    """Who it is in the system that it came from in a file."""
    person: Person
    attributes: Mapping[str, Signal] = field(default_factory=dict)
    unit_id: UUID
    owner_id: UUID | None = None
    merged_into: UUID | None = None
    """The contact who goes on for this one, as long as they are merged."""
    withdrawn_at: datetime | None = None
    """When the conversion that made it was undone."""
    added_at: datetime

    def refuse_gone(self) -> None:
        """Say why nothing can be done with a contact that is none any more."""
        if self.merged_into is not None:
            raise MergedIntoAnother(subject_id=self.id, into_id=self.merged_into)
        if self.withdrawn_at is not None:
            raise WithdrawnAgain(subject_id=self.id)


def add(newcomer: Contact, *, history: bool = False) -> tuple[Contact, Events]:
    """A person now speaks for a customer; only the id becomes known outside."""
    added = ContactAdded(
        contact_id=newcomer.id,
        customer_id=newcomer.customer_id,
        lead_id=newcomer.lead_id,
        added_at=newcomer.added_at,
        history=history,
    )
    roles = {newcomer.customer_id: "", **newcomer.roles}
    contact, events = advance(newcomer, added, roles=roles)
    return contact, events


def revise(
    contact: Contact, person: Person, *, attributes: Mapping[str, Signal], now: datetime
) -> tuple[Contact, Events]:
    """What is known of the person is now as given; nothing happens when it was so before."""
    if (person, dict(attributes)) == (contact.person, dict(contact.attributes)):
        return contact, ()
    updated = ContactUpdated(contact_id=contact.id, updated_at=now)
    contact, events = advance(contact, updated, person=person, attributes=dict(attributes))
    return contact, events


def link(
    contact: Contact, customer_id: UUID, *, role: str, now: datetime
) -> tuple[Contact, Events]:
    """The person speaks for this organisation in this role, besides the others."""
    if contact.roles.get(customer_id) == role:
        return contact, ()
    said = (
        ContactUpdated(contact_id=contact.id, updated_at=now)
        if customer_id in contact.roles
        else ContactLinked(contact_id=contact.id, customer_id=customer_id, linked_at=now)
    )
    contact, events = advance(contact, said, roles={**contact.roles, customer_id: role})
    return contact, events


def unlink(contact: Contact, customer_id: UUID, *, now: datetime) -> tuple[Contact, Events]:
    """The person does not speak for this organisation any more, but for another one at least."""
    if customer_id not in contact.roles:
        raise NotLinked(contact_id=contact.id, customer_id=customer_id)
    roles = {other: role for other, role in contact.roles.items() if other != customer_id}
    if not roles:
        raise LastOrganisation(contact_id=contact.id)
    first = contact.customer_id if contact.customer_id in roles else next(iter(roles))
    unlinked = ContactUnlinked(contact_id=contact.id, customer_id=customer_id, unlinked_at=now)
    contact, events = advance(contact, unlinked, roles=roles, customer_id=first)
    return contact, events
