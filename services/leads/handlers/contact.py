"""Adding and correcting contacts, and for whom they speak."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.leads.domain import contact
from services.leads.domain.contact import Contact, Events
from services.leads.domain.intake import Telling, read
from services.leads.domain.person import Person
from services.leads.domain.refusals import ContactAlreadyKnown, UnreadableValues
from services.leads.domain.scoring import Signal
from services.leads.repository import contact as contacts
from services.leads.repository import contact_link as links
from services.leads.repository import customer as customers
from services.leads.repository import merge as merges
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.refusals import PreconditionFailed


async def add_contact(
    tx: Tx,
    *,
    customer_id: UUID,
    role: str,
    told: Mapping[str, str],
    attributes: Mapping[str, Signal],
    now: datetime,
) -> Contact:
    """Write down who speaks for a customer; somebody who is known there already is refused."""
    account = await customers.lock(tx, await merges.going_on(tx, "customer", customer_id))
    account.refuse_gone()
    person = _person(told)
    async with tx.as_service():
        for known in await contacts.of_customer(tx, account.id):
            if known.person.is_same_as(person):
                raise ContactAlreadyKnown(contact_id=known.id)
        newcomer = Contact(
            id=new_id(),
            customer_id=account.id,
            roles={account.id: role},
            person=person,
            attributes=attributes,
            unit_id=account.unit_id,
            owner_id=account.owner_id,
            added_at=now,
        )
        added = await store(tx, newcomer, now=now)
    await _audit(tx, "contact.added", added)
    return added


async def store(tx: Tx, newcomer: Contact, *, history: bool = False, now: datetime) -> Contact:
    """Store and announce a new contact of a customer that is locked."""
    added, events = contact.add(newcomer, history=history)

    await contacts.add_all(tx, [added])
    await links.save_all(tx, [added], now=now)
    await outbox.append(tx, added, events, at=now)
    return added


async def revise_contact(
    tx: Tx,
    *,
    contact_id: UUID,
    seen: int | None,
    told: Mapping[str, str],
    attributes: Mapping[str, Signal] | None,
    now: datetime,
) -> Contact:
    """Correct what is known of a person; `told` names only what is to be different."""
    held = await contacts.lock(tx, contact_id)
    held.refuse_gone()
    if seen is not None and seen != held.sequence:
        raise PreconditionFailed(sequence=held.sequence)
    person = _person({**held.person.told, **told})
    since = held.attributes if attributes is None else attributes

    revised, events = contact.revise(held, person, attributes=since, now=now)

    async with tx.as_service():
        await _save(tx, held, (revised, events), "contact.revised", now=now)
    return revised


async def link_contact(
    tx: Tx, *, contact_id: UUID, customer_id: UUID, role: str, now: datetime
) -> Contact:
    """Let a person speak for an organisation as well; whoever links may see both."""
    account = await customers.lock(tx, await merges.going_on(tx, "customer", customer_id))
    account.refuse_gone()
    await contacts.lock(tx, contact_id)
    async with tx.as_service():
        held = await contacts.lock(tx, contact_id)
        held.refuse_gone()

        linked, events = contact.link(held, account.id, role=role, now=now)

        await _save(tx, held, (linked, events), "contact.linked", now=now)
    return linked


async def unlink_contact(tx: Tx, *, contact_id: UUID, customer_id: UUID, now: datetime) -> Contact:
    """A person does not speak for an organisation any more."""
    await customers.lock(tx, customer_id)
    await contacts.lock(tx, contact_id)
    async with tx.as_service():
        held = await contacts.lock(tx, contact_id)
        held.refuse_gone()

        unlinked, events = contact.unlink(held, customer_id, now=now)

        await _save(tx, held, (unlinked, events), "contact.unlinked", now=now)
    return unlinked


async def _save(
    tx: Tx, before: Contact, decision: tuple[Contact, Events], action: str, *, now: datetime
) -> None:
    after, events = decision
    if not events:
        return
    await contacts.save_all(tx, [after])
    if after.roles != before.roles:
        await links.save_all(tx, [after], now=now)
    await outbox.append(tx, after, events, at=now)
    await _audit(tx, action, after)


async def _audit(tx: Tx, action: str, held: Contact) -> None:
    await audit.record(
        tx,
        action=action,
        subject_kind="contact",
        subject_id=held.id,
        after={"customer_ids": sorted(map(str, held.roles))},
    )


def _person(told: Mapping[str, str]) -> Person:
    reading, errors = read(Telling.model_construct(_fields_set=None, **told), channel="")
    if errors:
        raise UnreadableValues(errors=errors)
    return reading.person
