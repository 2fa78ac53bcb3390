"""How each kind of record that can be merged is locked, stored and found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from services.leads.domain.contact import Contact
from services.leads.domain.customer import Customer
from services.leads.domain.lead import Lead
from services.leads.domain.merging import Kind, Merged, Record
from services.leads.domain.merging_contacts import Contacts
from services.leads.domain.merging_customers import Customers
from services.leads.domain.merging_leads import Leads
from services.leads.domain.refusals import ContactNotFound, CustomerNotFound, LeadNotFound
from services.leads.handlers.announcing import announce
from services.leads.repository import contact as contacts
from services.leads.repository import contact_link as links
from services.leads.repository import customer as customers
from services.leads.repository import group as groups
from services.leads.repository import lead as leads
from services.leads.repository import merge as merges
from services.leads.repository import policy
from services.leads.repository.merge import Keys, MergedKind
from shared import outbox
from shared.db import Tx
from shared.refusals import NotFound

R = TypeVar("R", bound=Record)


class Mergeable(Protocol[R]):
    """One kind of record that can be merged."""

    kind: MergedKind
    missing: type[NotFound]
    is_personal: bool
    """Whether its numbers and addresses are shown to whoever owns both, and to nobody else."""

    async def lock(self, tx: Tx, ids: Sequence[UUID]) -> dict[UUID, R]:
        """Those of the records that the transaction may see, and whatever must not change meanwhile."""
        ...

    async def rules(self, tx: Tx, known: Sequence[R]) -> Kind[R]:
        """By what it is decided."""
        ...

    async def save(self, tx: Tx, done: Merged[R], *, now: datetime) -> None:
        """Store both, and announce what they say."""

    async def move_keys(self, tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
        """What leads to one record leads to the other from now on."""
        ...

    async def give_back_keys(self, tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
        """What still leads to one record leads to the other again."""


class _Leads:
    kind: MergedKind = "lead"
    missing: type[NotFound] = LeadNotFound
    is_personal = True

    async def lock(self, tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Lead]:
        await merges.lock_keys(tx, ids)
        return await leads.lock_all(tx, ids)

    async def rules(self, tx: Tx, known: Sequence[Lead]) -> Kind[Lead]:
        del known
        return Leads(scoring=await policy.scoring(tx))

    async def save(self, tx: Tx, done: Merged[Lead], *, now: datetime) -> None:
        await merges.redirect_lead(tx, done.gone.id, into=None)
        await leads.save_all(tx, [done.survivor, done.gone])
        if done.gone.state == "merged":
            await merges.redirect_lead(tx, done.gone.id, into=done.survivor.id)
        said: Any = [(done.survivor, done.said), (done.gone, done.gone_said)]
        await announce(tx, said, now=now)

    async def move_keys(self, tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
        return await merges.move_keys(tx, from_id, to_id)

    async def give_back_keys(self, tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
        await merges.give_back_keys(tx, from_id, to_id, keys)


class _Customers:
    kind: MergedKind = "customer"
    missing: type[NotFound] = CustomerNotFound
    is_personal = False

    async def lock(self, tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Customer]:
        await groups.lock(tx)
        return await customers.lock_all(tx, ids)

    async def rules(self, tx: Tx, known: Sequence[Customer]) -> Kind[Customer]:
        below = [one.id for one in known]
        parents = [one.parent_id for one in known if one.parent_id is not None]
        async with tx.as_service():
            return Customers(above=await groups.above(tx, [*below, *parents]))

    async def save(self, tx: Tx, done: Merged[Customer], *, now: datetime) -> None:
        await customers.save_all(tx, [done.survivor, done.gone])
        await outbox.append_all(
            tx, [(done.survivor, done.said), (done.gone, done.gone_said)], at=now
        )

    async def move_keys(self, tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
        return await merges.move_names(tx, from_id, to_id)

    async def give_back_keys(self, tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
        await merges.give_back_names(tx, from_id, to_id, keys)


class _Contacts:
    kind: MergedKind = "contact"
    missing: type[NotFound] = ContactNotFound
    is_personal = True

    async def lock(self, tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Contact]:
        seen = await contacts.lock_all(tx, ids)
        async with tx.as_service():
            # Also the organisations that the reader may not see: a merge must not lose them.
            return await contacts.lock_all(tx, list(seen))

    async def rules(self, tx: Tx, known: Sequence[Contact]) -> Kind[Contact]:
        del tx, known
        return Contacts()

    async def save(self, tx: Tx, done: Merged[Contact], *, now: datetime) -> None:
        async with tx.as_service():
            await contacts.save_all(tx, [done.survivor, done.gone])
            await links.save_all(tx, [done.survivor], now=now)
        await outbox.append_all(
            tx, [(done.survivor, done.said), (done.gone, done.gone_said)], at=now
        )

    async def move_keys(self, tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
        del tx, from_id, to_id
        return ()

    async def give_back_keys(self, tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
        pass


LEADS = _Leads()
CUSTOMERS = _Customers()
CONTACTS = _Contacts()
