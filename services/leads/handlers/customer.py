"""Registering customers by hand."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.leads.domain import company
from services.leads.domain.customer import Customer
from services.leads.domain.refusals import CompanyNameMissing, CustomerAlreadyKnown
from services.leads.domain.scoring import Signal
from services.leads.handlers.conversion import register
from services.leads.repository import customer as customers
from shared import audit
from shared.contracts.base import ExternalId
from shared.contracts.leads import CustomerFacts
from shared.db import Tx
from shared.ids import external_id, new_id
from shared.principals import Principal


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
        named = await customers.claim_names(tx, {called.key: newcomer.id})
        if named[called.key] != newcomer.id:
            raise CustomerAlreadyKnown(customer_id=named[called.key])
        registered = await register(tx, newcomer, now=now)
    await audit.record(
        tx,
        action="customer.registered",
        subject_kind="customer",
        subject_id=registered.id,
        after={"name": registered.facts.name},
    )
    return registered


def customer_id_for(external: ExternalId | None) -> UUID:
    """A record that another system names has the id that every service derives for it."""
    return external_id("customer", external.system, external.id) if external else new_id()
