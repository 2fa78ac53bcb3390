"""Registering and correcting customers by hand."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.leads.domain import company, customer
from services.leads.domain.customer import Customer
from services.leads.domain.refusals import CompanyNameMissing, CustomerAlreadyKnown
from services.leads.domain.scoring import Signal
from services.leads.handlers.conversion import register
from services.leads.repository import customer as customers
from shared import audit, outbox
from shared.contracts.base import ExternalId
from shared.contracts.leads import CustomerFacts
from shared.db import Tx
from shared.ids import external_id, new_id
from shared.principals import Principal
from shared.refusals import PreconditionFailed


async def register_customer(
    tx: Tx,
    *,
    facts: CustomerFacts,
    attributes: Mapping[str, Signal],
    by: Principal,
    now: datetime,
) -> Customer:
    """An organisation nobody has registered by this name becomes a customer."""
    called = company.parse(facts.name)
    if not called.key:
        raise CompanyNameMissing
    newcomer = Customer(
        id=customer_id_for(facts.external),
        facts=facts.model_copy(update={"name": called.shown}),
        company_key=called.key,
        attributes=attributes,
        unit_id=by.unit_id,
        owner_id=by.id if by.kind == "person" and by.is_any("seller") else None,
        registered_at=now,
    )
    async with tx.as_service():
        await _claim_name(tx, called.key, newcomer.id)
        registered = await register(tx, newcomer, now=now)
    await audit.record(
        tx,
        action="customer.registered",
        subject_kind="customer",
        subject_id=registered.id,
        after={"name": registered.facts.name},
    )
    return registered


async def revise_customer(
    tx: Tx,
    *,
    customer_id: UUID,
    seen: int | None,
    changes: Mapping[str, object],
    now: datetime,
) -> Customer:
    """Correct what is known of a customer; a new name must be nobody else's, the old ones lead to it still."""
    held = await customers.lock(tx, customer_id)
    held.refuse_gone()
    if seen is not None and seen != held.sequence:
        raise PreconditionFailed(sequence=held.sequence)
    told = {**held.facts.model_dump(), "attributes": held.attributes, **changes}
    attributes: Mapping[str, Signal] = told.pop("attributes")
    called = company.parse(str(told["name"]))
    if not called.key:
        raise CompanyNameMissing

    revised, events = customer.revise(
        held,
        CustomerFacts.model_validate({**told, "name": called.shown}),
        company_key=called.key,
        attributes=attributes,
        now=now,
    )

    if events:
        if revised.company_key != held.company_key:
            await _claim_name(tx, revised.company_key, customer_id)
        await customers.save_all(tx, [revised])
        await outbox.append(tx, revised, events, at=now)
        await audit.record(
            tx,
            action="customer.revised",
            subject_kind="customer",
            subject_id=customer_id,
            after={"fields": sorted(changes)},
        )
    return revised


def customer_id_for(external: ExternalId | None) -> UUID:
    """A record that another system names has the id that every service derives for it."""
    return external_id("customer", external.system, external.id) if external else new_id()


async def _claim_name(tx: Tx, company_key: str, customer_id: UUID) -> None:
    named = await customers.claim_names(tx, {company_key: customer_id})
    if named[company_key] != customer_id:
        raise CustomerAlreadyKnown(customer_id=named[company_key])
