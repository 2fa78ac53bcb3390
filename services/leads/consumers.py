"""Which events `leads` hears, and which handler answers.

The directory is kept by the platform; see `shared.access`.
"""

from collections.abc import Sequence
from uuid import UUID

from services.leads.domain.ownership import AnyDealEvent, deal_after, holding_after
from services.leads.handlers import conversion, nurture, ownership, undoing
from services.leads.repository import trace as traces
from shared.consumer import Consumer, Heard
from shared.contracts.opportunities import (
    ActivityLogged,
    AnyOwnershipEvent,
    CustomerLineAssigned,
    CustomerLineReleased,
    OpportunityKept,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityUnrecorded,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
    RegistrationChanged,
    RegistrationMade,
)
from shared.db import Tx

consumer = Consumer(rest=0.1)


@consumer.on(OwnershipAssigned, OwnershipPooled, OwnershipUnassigned)
async def on_ownership(tx: Tx, batch: Sequence[Heard[AnyOwnershipEvent]]) -> None:
    """Leads and customers are shown to those whose they are."""
    await ownership.follow_ownership(tx, [holding_after(heard.event) for heard in batch])


@consumer.on(CustomerLineAssigned)
async def on_lines_assigned(tx: Tx, batch: Sequence[Heard[CustomerLineAssigned]]) -> None:
    """Customers are shown to those who answer for one of their product lines."""
    await ownership.follow_lines_given(tx, [heard.event for heard in batch])


@consumer.on(CustomerLineReleased)
async def on_lines_released(tx: Tx, batch: Sequence[Heard[CustomerLineReleased]]) -> None:
    """Customers are shown to their owners alone again."""
    await ownership.follow_lines_released(tx, [heard.event for heard in batch])


@consumer.on(RegistrationMade, RegistrationChanged)
async def on_registrations(
    tx: Tx, batch: Sequence[Heard[RegistrationMade | RegistrationChanged]]
) -> None:
    """Leads whose registration protects are converted, where policy waits for that."""
    await conversion.convert_registered(tx, registered_leads(batch), now=tx.now)


@consumer.on(OpportunityOpened, OpportunityRecorded, OpportunityWon, OpportunityLost)
async def on_deals(tx: Tx, batch: Sequence[Heard[AnyDealEvent]]) -> None:
    """Leads show what became of them, and conversions know which customers have open deals."""
    await ownership.follow_deals(tx, [deal_after(heard.event) for heard in batch])
    await undoing.reinstate_customers(
        tx, [heard.event.opportunity_id for heard in batch], now=tx.now
    )


@consumer.on(OpportunityWithdrawn)
async def on_deals_withdrawn(tx: Tx, batch: Sequence[Heard[OpportunityWithdrawn]]) -> None:
    """Conversions whose deals may go are undone."""
    await ownership.follow_deals(tx, [deal_after(heard.event) for heard in batch])
    await undoing.follow_withdrawn(tx, [heard.event.opportunity_id for heard in batch], now=tx.now)


@consumer.on(OpportunityUnrecorded)
async def on_deals_unrecorded(tx: Tx, batch: Sequence[Heard[OpportunityUnrecorded]]) -> None:
    """Customers have one deal less that came from a file."""
    await ownership.follow_deals(tx, [deal_after(heard.event) for heard in batch])


@consumer.on(OpportunityKept)
async def on_deals_kept(tx: Tx, batch: Sequence[Heard[OpportunityKept]]) -> None:
    """Conversions whose deals have moved on stand."""
    await undoing.follow_kept(
        tx, {heard.event.opportunity_id: heard.event.reasons for heard in batch}
    )


@consumer.on(ActivityLogged)
async def on_activities(tx: Tx, batch: Sequence[Heard[ActivityLogged]]) -> None:
    """A lead that somebody spoke with has had its next touch; a note to oneself is none."""
    await traces.note_work(
        tx, {heard.event.subject_id for heard in batch if not heard.event.history}
    )
    await undoing.note_worked_on(
        tx, [heard.event.subject_id for heard in batch if heard.event.subject_kind == "customer"]
    )
    await nurture.follow_activities(
        tx,
        {
            heard.event.subject_id: heard.event.done_at
            for heard in batch
            if heard.event.subject_kind == "lead"
            and heard.event.kind != "note"
            and not heard.event.history
        },
    )


def registered_leads(
    batch: Sequence[Heard[RegistrationMade | RegistrationChanged]],
) -> dict[UUID, UUID]:
    """Leads of which a registration protects, and who made it so."""
    found: dict[UUID, UUID] = {}
    for heard in batch:
        event = heard.event
        by = event.owner_id if isinstance(event, RegistrationMade) else event.changed_by
        if event.state == "protected" and event.lead_id and by:
            found[event.lead_id] = by
    return found
