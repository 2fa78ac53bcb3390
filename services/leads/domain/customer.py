"""A customer: an organisation that we deal with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.leads.domain.refusals import MergedIntoAnother, WithdrawnAgain
from services.leads.domain.scoring import Signal
from shared.aggregate import advance
from shared.contracts.leads import (
    AnyCustomerEvent,
    CustomerFacts,
    CustomerRegistered,
    CustomerUpdated,
)

Events = tuple[AnyCustomerEvent, ...]


@dataclass(frozen=True, kw_only=True)
class Customer:
    """What is known of one organisation. Owner and unit follow what `opportunities` decides."""

    id: UUID
    sequence: int = 0
    facts: CustomerFacts
    company_key: str
    attributes: Mapping[str, Signal] = field(default_factory=dict)
    unit_id: UUID
    owner_id: UUID | None = None
    lead_id: UUID | None = None
    parent_id: UUID | None = None
    """The organisation of its group that it stands below."""
    merged_into: UUID | None = None
    """The customer that goes on for this one, as long as they are merged."""
    withdrawn_at: datetime | None = None
    """When the conversion that made it was undone."""
    registered_at: datetime

    def refuse_gone(self) -> None:
        """Say why nothing can be done with a customer that is none any more."""
        if self.merged_into is not None:
            raise MergedIntoAnother(subject_id=self.id, into_id=self.merged_into)
        if self.withdrawn_at is not None:
            raise WithdrawnAgain(subject_id=self.id)


def register(newcomer: Customer, *, history: bool = False) -> tuple[Customer, Events]:
    """An organisation becomes a customer."""
    registered = CustomerRegistered(
        customer_id=newcomer.id,
        facts=newcomer.facts,
        lead_id=newcomer.lead_id,
        wanted_owner_id=None if newcomer.lead_id else newcomer.owner_id,
        registered_at=newcomer.registered_at,
        history=history,
    )
    customer, events = advance(newcomer, registered)
    return customer, events


def revise(
    customer: Customer,
    facts: CustomerFacts,
    *,
    company_key: str,
    attributes: Mapping[str, Signal],
    history: bool = False,
    now: datetime,
) -> tuple[Customer, Events]:
    """What is known of the customer is now as given; nothing happens when it was so before."""
    if (facts, dict(attributes)) == (customer.facts, dict(customer.attributes)):
        return customer, ()
    updated = CustomerUpdated(customer_id=customer.id, facts=facts, updated_at=now, history=history)
    customer, events = advance(
        customer, updated, facts=facts, company_key=company_key, attributes=dict(attributes)
    )
    return customer, events
