"""What this service keeps of what `opportunities` says about owners and deals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, assert_never
from uuid import UUID

from services.leads.domain.customer import Customer
from shared.contracts.opportunities import (
    AnyOwnershipEvent,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityUnrecorded,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
)

OwnedKind = Literal["lead", "customer", "opportunity"]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Whose a lead, a customer or a deal is: an owner's, a pool's, or only a unit's."""

    subject_kind: OwnedKind
    subject_id: UUID
    unit_id: UUID
    owner_id: UUID | None = None
    pool_id: UUID | None = None
    protected_until: datetime | None = None
    """Until then the owner alone may act."""

    @classmethod
    def of_customer(cls, customer: Customer) -> Self:
        """Whose a new customer is."""
        return cls(
            subject_kind="customer",
            subject_id=customer.id,
            unit_id=customer.unit_id,
            owner_id=customer.owner_id,
        )


@dataclass(frozen=True, kw_only=True)
class DealHeard:
    """How a deal stands, and which lead and customer it belongs to when that was said."""

    opportunity_id: UUID
    lead_id: UUID | None = None
    customer_id: UUID | None = None
    status: Literal["open", "won", "lost", "withdrawn"]


def holding_after(event: AnyOwnershipEvent) -> Holding:
    """Whose the subject is after the event; whoever has a deal may call those it is made with."""
    owner_id = pool_id = protected_until = None
    match event:
        case OwnershipAssigned():
            owner_id, protected_until = event.owner_id, event.respond_by
        case OwnershipPooled():
            pool_id = event.pool_id
        case OwnershipUnassigned():
            pass
        case _:
            assert_never(event)
    return Holding(
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        unit_id=event.unit_id,
        owner_id=owner_id,
        pool_id=pool_id,
        protected_until=protected_until,
    )


AnyDealEvent = (
    OpportunityOpened
    | OpportunityRecorded
    | OpportunityWon
    | OpportunityLost
    | OpportunityWithdrawn
    | OpportunityUnrecorded
)


def deal_after(event: AnyDealEvent) -> DealHeard:
    """How the deal stands after the event. One that was taken over decides nothing about its lead."""
    match event:
        case OpportunityOpened():
            return DealHeard(
                opportunity_id=event.opportunity_id,
                lead_id=event.lead_id,
                customer_id=event.facts.customer_id,
                status="open",
            )
        case OpportunityRecorded():
            return DealHeard(
                opportunity_id=event.opportunity_id,
                customer_id=event.facts.customer_id,
                status=event.status,
            )
        case OpportunityWon():
            return DealHeard(opportunity_id=event.opportunity_id, status="won")
        case OpportunityLost():
            return DealHeard(opportunity_id=event.opportunity_id, status="lost")
        case OpportunityWithdrawn() | OpportunityUnrecorded():
            return DealHeard(opportunity_id=event.opportunity_id, status="withdrawn")
        case _:
            assert_never(event)
