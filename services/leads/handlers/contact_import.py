"""Taking contacts in from files, a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.leads.domain import contact, undone_contact
from services.leads.domain.contact import Contact, Events
from services.leads.domain.correction import custom_corrections, record_named, text_corrections
from services.leads.domain.customer import Customer
from services.leads.domain.intake import Telling, read
from services.leads.domain.person import Person
from services.leads.domain.placement import Placement
from services.leads.repository import contact as contacts
from services.leads.repository import contact_link as links
from services.leads.repository import customer as customers
from services.leads.repository import merge as merges
from services.leads.repository import placement
from services.leads.repository import trace as traces
from services.leads.schemas.contact_import import ContactRow
from shared import access, outbox
from shared.contracts.base import ExternalId
from shared.db import Scope, Tx
from shared.ids import external_id
from shared.imports import OWN_SYSTEM, Effect, RowOutcome, Run
from shared.refusals import Refused

Rows = Sequence[tuple[int, ContactRow]]
UNKNOWN = "there is no such contact, or you may not see it"
NO_CUSTOMER = "there is no such customer, or you may not see it: take customers in first"
ERASED = "this person was erased, and is not taken in again under the same id"
_TEXTS = ("name", "phone", "mail", "address", "notes")


@dataclass(kw_only=True)
class _Batch:
    """What there is about the people of these rows, and what becomes of them."""

    run: Run
    now: datetime
    sight: Scope
    placed: Placement
    accounts: Mapping[UUID, Customer]
    """By the id that rows name."""
    contacts: Mapping[UUID, Contact]
    speakers: Mapping[UUID, list[Contact]]
    """Who speaks for each customer; new ones join."""
    erased: Collection[UUID]
    changes: list[tuple[Contact, Events]] = field(default_factory=list)

    def account(self, row: ContactRow) -> Customer | None:
        """The customer that a row names, if it is here and the importer may see it."""
        account = self.accounts.get(row.customer_in(row.system or self.run.system))
        if account is None or not self.sight.shows(account.unit_id, account.owner_id):
            return None
        return account


class _Unfit(Exception):
    """The row cannot be taken in: which cell, and why."""

    def __init__(self, cell: str, reason: str) -> None:
        super().__init__(reason)
        self.cell, self.reason = cell, reason


async def import_contacts(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Rows become contacts of customers that are here, or correct them; one that says nothing new is passed over.

    Rows of an export are about contacts that are here: they correct them.
    """
    batch = await _look_up(tx, rows, run=run, now=now)
    outcomes: list[RowOutcome] = []
    for number, row in rows:
        try:
            effect = _decide(batch, row)
            outcomes.append(RowOutcome(row=number, effect=effect))
        except _Unfit as unfit:
            outcomes.append(
                RowOutcome(row=number, effect="rejected", field=unfit.cell, reason=unfit.reason)
            )
    await _write(tx, batch)
    return outcomes


async def _look_up(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> _Batch:
    named = {
        row.customer_in(row.system or run.system)
        for _, row in rows
        if row.customer and row.system != OWN_SYSTEM
    }
    accounts = await _accounts(tx, named)
    ids = [contact_id_of(row, run) for _, row in rows]
    return _Batch(
        run=run,
        now=now,
        sight=await access.sight_of(tx, run.actor_id, run.unit_id),
        placed=await placement.placement(tx, (), history=run.history),
        accounts=accounts,
        contacts=await contacts.lock_all(tx, ids),
        speakers=await contacts.of_customers(tx, [account.id for account in accounts.values()]),
        erased=await contacts.erased(tx, ids),
    )


async def _accounts(tx: Tx, named: Collection[UUID]) -> dict[UUID, Customer]:
    """The customers that rows name, or those who go on for them, locked in one order."""
    seen = await customers.lock_all(tx, list(named))
    goes_on = {
        customer_id: await merges.going_on(tx, "customer", customer_id)
        for customer_id, held in seen.items()
        if held.merged_into is not None
    }
    others = await customers.lock_all(tx, list(goes_on.values()))
    found = {**seen, **{customer_id: others[into] for customer_id, into in goes_on.items()}}
    return {customer_id: held for customer_id, held in found.items() if not held.withdrawn_at}


def contact_id_of(row: ContactRow, run: Run) -> UUID:
    """The contact that a row makes, or of an export the one that it is about."""
    if row.system == OWN_SYSTEM:
        return record_named(row.external_id)
    return external_id("contact", row.system or run.system, row.external_id)


def _decide(batch: _Batch, row: ContactRow) -> Effect:
    contact_id = contact_id_of(row, batch.run)
    if contact_id in batch.erased:
        raise _Unfit("external_id", ERASED)
    held = batch.contacts.get(contact_id)
    if row.system == OWN_SYSTEM:
        if held is None or not batch.sight.shows(held.unit_id, held.owner_id):
            raise _Unfit("external_id", UNKNOWN)
        return _revise(batch, held, row, for_id=held.customer_id)
    account = batch.account(row)
    if account is None:
        raise _Unfit("customer", NO_CUSTOMER)
    if errors := batch.placed.errors_in("", account.unit_id):
        raise _Unfit("customer", errors[0].reason)
    if held is not None:
        return _revise(batch, held, row, for_id=account.id)
    return _add(batch, contact_id, row, account)


def _add(batch: _Batch, contact_id: UUID, row: ContactRow, account: Customer) -> Effect:
    person = _person({name: getattr(row, name) for name in _TEXTS})
    speakers = batch.speakers[account.id]
    if any(known.person.is_same_as(person) for known in speakers):
        return "duplicate"
    newcomer = Contact(
        id=contact_id,
        customer_id=account.id,
        roles={account.id: row.role},
        external=ExternalId(system=row.system or batch.run.system, id=row.external_id),
        person=person,
        attributes=row.attributes,
        unit_id=account.unit_id,
        owner_id=account.owner_id,
        added_at=batch.now,
    )
    added, events = contact.add(newcomer, history=batch.run.history)
    speakers.append(added)
    batch.changes.append((added, events))
    return "created"


def _revise(batch: _Batch, held: Contact, row: ContactRow, *, for_id: UUID) -> Effect:
    """A blank cell says nothing; a role is what the person is for this customer."""
    held, back = undone_contact.reinstate(held, now=batch.now)
    try:
        held.refuse_gone()
    except Refused as refused:
        raise _Unfit("external_id", refused.message) from refused
    told = held.person.told
    changes = text_corrections(told, {name: getattr(row, name) for name in _TEXTS})
    person = _person({**told, **changes}) if changes else held.person
    attributes = {**held.attributes, **custom_corrections(held.attributes, row.attributes)}
    revised, events = contact.revise(held, person, attributes=attributes, now=batch.now)
    role = row.role or revised.roles.get(for_id, "")
    revised, more = contact.link(revised, for_id, role=role, now=batch.now)
    said = back + events + more
    if not said:
        return "unchanged"
    batch.changes.append((revised, said))
    return "updated"


def _person(told: Mapping[str, str]) -> Person:
    reading, errors = read(Telling.model_construct(_fields_set=None, **told), channel="")
    if errors:
        raise _Unfit(errors[0].pointer.removeprefix("/"), errors[0].reason)
    return reading.person


async def _write(tx: Tx, batch: _Batch) -> None:
    if not batch.changes:
        return
    changed = [one for one, _ in batch.changes]
    before = [one.id for one in changed if one.id in batch.contacts]
    await traces.keep_contacts(tx, batch.run.id, before, now=batch.now)
    await traces.note_records(tx, batch.run.id, changed, now=batch.now)
    await contacts.add_all(tx, [one for one in changed if one.id not in batch.contacts])
    await contacts.save_all(tx, [one for one in changed if one.id in batch.contacts])
    await links.save_all(tx, changed, now=batch.now)
    await outbox.append_all(tx, batch.changes, at=batch.now)
