"""What merging is for contacts: the person, attributes, and for whom they speak."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain import contact
from services.leads.domain.contact import Contact, Events
from services.leads.domain.merging import Values, phone_of, phone_value
from shared.aggregate import advance
from shared.contracts.leads import ContactMerged, ContactUnmerged

ContactField = Literal["name", "phone", "mail", "address", "notes", "attributes", "roles"]
_OF_PERSON = ("name", "mail", "address", "notes")


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Contacts."""

    def refuse(self, survivor: Contact, gone: Contact) -> None:
        """Neither is gone already."""
        for one in (survivor, gone):
            one.refuse_gone()

    def values(self, record: Contact) -> dict[str, JsonValue]:
        """What can be chosen, field by field, as JSON; `roles` by the organisation."""
        told: dict[str, JsonValue] = {
            **{name: getattr(record.person, name) for name in _OF_PERSON},
            "phone": phone_value(record.person.phone),
            "attributes": dict(record.attributes),
            "roles": {str(served): role for served, role in record.roles.items()},
        }
        return {name: told[name] for name in get_args(ContactField)}

    def say(
        self,
        record: Contact,
        says: Values,
        *,
        beside: Contact,  # noqa: ARG002 - nothing but what is chosen
        now: datetime,
    ) -> tuple[Contact, Events]:
        """The contact is this person from now on, and speaks for these organisations."""
        attributes, roles = says["attributes"], says["roles"]
        person = replace(
            record.person,
            phone=phone_of(says["phone"]),
            **{name: says[name] for name in _OF_PERSON},  # pyright: ignore[reportArgumentType] - texts, as `values` made them
        )
        said, events = contact.revise(
            record,
            person,
            attributes=attributes if isinstance(attributes, dict) else {},  # pyright: ignore[reportArgumentType] - signals, likewise
            now=now,
        )
        wanted = {UUID(served): str(role) for served, role in dict(roles).items()}  # pyright: ignore[reportArgumentType,reportCallIssue] - likewise
        for served, role in wanted.items():
            said, more = contact.link(said, served, role=role, now=now)
            events = (*events, *more)
        for served in [served for served in said.roles if served not in wanted]:
            said, more = contact.unlink(said, served, now=now)
            events = (*events, *more)
        return said, events

    def leave(
        self, gone: Contact, *, into: Contact, by: UUID | None, now: datetime
    ) -> tuple[Contact, Events]:
        """Another contact goes on for this one."""
        merged = ContactMerged(contact_id=gone.id, into_id=into.id, merged_by=by, merged_at=now)
        gone, events = advance(gone, merged, merged_into=into.id)
        return gone, events

    def come_back(
        self,
        gone: Contact,
        *,
        state: str,  # noqa: ARG002 - contacts have none
        survivor: Contact,
        by: UUID | None,
        now: datetime,
    ) -> tuple[Contact, Events]:
        """The contact is one of its own again."""
        apart = ContactUnmerged(
            contact_id=gone.id, from_id=survivor.id, unmerged_by=by, unmerged_at=now
        )
        gone, events = advance(gone, apart, merged_into=None)
        return gone, events
