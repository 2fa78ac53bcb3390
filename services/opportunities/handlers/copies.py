"""What `leads` says, noted before anything is decided on it."""

from collections.abc import Sequence

from services.opportunities.repository import copies, customer_copies
from shared.consumer import Heard
from shared.contracts.leads import (
    CustomerMoved,
    CustomerRegistered,
    CustomerReinstated,
    CustomerUpdated,
    CustomerWithdrawn,
    LeadCaptured,
    LeadConverted,
    LeadDisqualified,
    LeadOutcomeRecorded,
    LeadQualified,
    LeadReopened,
    LeadScored,
    LeadUpdated,
)
from shared.db import Tx


async def note_captured(tx: Tx, batch: Sequence[Heard[LeadCaptured]]) -> None:
    """New leads, with what routing asks about."""
    await copies.save_captured(tx, [heard.event for heard in batch])


async def note_updated(tx: Tx, batch: Sequence[Heard[LeadUpdated]]) -> None:
    """Changed facts; an owner keeps what was routed by older ones."""
    await copies.save_updated(tx, [heard.event for heard in batch])


async def note_scored(tx: Tx, batch: Sequence[Heard[LeadScored]]) -> None:
    """Newly judged leads."""
    await copies.save_scored(tx, [heard.event for heard in batch])


async def note_qualified(tx: Tx, batch: Sequence[Heard[LeadQualified]]) -> None:
    """Leads that reached the threshold."""
    await copies.save_qualified(tx, [heard.event for heard in batch])


async def note_closed(
    tx: Tx, batch: Sequence[Heard[LeadDisqualified] | Heard[LeadOutcomeRecorded]]
) -> None:
    """Leads about which nothing is left to do."""
    await copies.save_closed(tx, [heard.event.lead_id for heard in batch])


async def note_reopened(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    """Leads that are worked on again, by whoever held them last."""
    await copies.save_reopened(tx, {heard.event.lead_id: heard.event.history for heard in batch})


async def note_converted(tx: Tx, batch: Sequence[Heard[LeadConverted]]) -> None:
    """Leads that have become customers."""
    await copies.save_converted(tx, [heard.event for heard in batch])
    await copies.save_closed(tx, [heard.event.lead_id for heard in batch])


async def note_registered(tx: Tx, batch: Sequence[Heard[CustomerRegistered]]) -> None:
    """New customers."""
    await customer_copies.save_registered(tx, [heard.event for heard in batch])


async def note_customers_updated(tx: Tx, batch: Sequence[Heard[CustomerUpdated]]) -> None:
    """Changed facts of customers."""
    await customer_copies.save_customers(tx, [heard.event for heard in batch])


async def note_customers_moved(tx: Tx, batch: Sequence[Heard[CustomerMoved]]) -> None:
    """Customers stand below others of their group, or below none."""
    await customer_copies.save_parents(
        tx, {heard.event.customer_id: heard.event.parent_id for heard in batch}
    )


async def note_customers_withdrawn(tx: Tx, batch: Sequence[Heard[CustomerWithdrawn]]) -> None:
    """Customers went with the conversion that had made them."""
    gone = [heard.event.customer_id for heard in batch]
    await customer_copies.save_withdrawn(tx, gone, withdrawn=True)


async def note_customers_reinstated(tx: Tx, batch: Sequence[Heard[CustomerReinstated]]) -> None:
    """Customers are customers after all."""
    back = [heard.event.customer_id for heard in batch]
    await customer_copies.save_withdrawn(tx, back, withdrawn=False)
