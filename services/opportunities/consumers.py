"""Which events we hear, and which handler answers. One function per event; owners first, deals after."""

from collections.abc import Sequence

from services.opportunities.handlers import (
    contacts,
    conversion,
    copies,
    erased,
    merged,
    ownership,
    routing,
    withdrawal,
)
from shared.consumer import Consumer, Heard
from shared.contracts.leads import (
    ContactAdded,
    ContactLinked,
    ContactMerged,
    ContactReinstated,
    ContactUnlinked,
    ContactUnmerged,
    ContactWithdrawn,
    CustomerMerged,
    CustomerMoved,
    CustomerRegistered,
    CustomerReinstated,
    CustomerUnmerged,
    CustomerUpdated,
    CustomerWithdrawn,
    LeadCaptured,
    LeadConversionRecalled,
    LeadConversionUndone,
    LeadConverted,
    LeadDisqualified,
    LeadErased,
    LeadMerged,
    LeadOutcomeRecorded,
    LeadQualified,
    LeadReopened,
    LeadScored,
    LeadUnmerged,
    LeadUpdated,
)
from shared.db import Tx

consumer = Consumer()


@consumer.on(LeadCaptured)
async def on_leads_captured(tx: Tx, batch: Sequence[Heard[LeadCaptured]]) -> None:
    await copies.note_captured(tx, batch)
    await routing.route_captured(tx, batch, now=tx.now)


@consumer.on(LeadUpdated)
async def on_leads_updated(tx: Tx, batch: Sequence[Heard[LeadUpdated]]) -> None:
    await copies.note_updated(tx, batch)


@consumer.on(LeadScored)
async def on_leads_scored(tx: Tx, batch: Sequence[Heard[LeadScored]]) -> None:
    await copies.note_scored(tx, batch)


@consumer.on(LeadQualified)
async def on_leads_qualified(tx: Tx, batch: Sequence[Heard[LeadQualified]]) -> None:
    await copies.note_qualified(tx, batch)
    await routing.route_qualified(tx, batch, now=tx.now)


@consumer.on(LeadDisqualified, LeadOutcomeRecorded)
async def on_leads_closed(
    tx: Tx, batch: Sequence[Heard[LeadDisqualified] | Heard[LeadOutcomeRecorded]]
) -> None:
    await copies.note_closed(tx, batch)


@consumer.on(LeadReopened)
async def on_leads_reopened(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    await copies.note_reopened(tx, batch)
    await ownership.take_up_returned(tx, batch, now=tx.now)
    await routing.route_reopened(tx, batch, now=tx.now)


@consumer.on(LeadConverted)
async def on_leads_converted(tx: Tx, batch: Sequence[Heard[LeadConverted]]) -> None:
    await copies.note_converted(tx, batch)
    await ownership.give_customers_of_converted_leads(tx, batch, now=tx.now)
    await conversion.open_from_leads(tx, batch, now=tx.now)


@consumer.on(LeadConversionRecalled)
async def on_conversions_recalled(tx: Tx, batch: Sequence[Heard[LeadConversionRecalled]]) -> None:
    await withdrawal.answer_recalls(tx, batch, now=tx.now)


@consumer.on(LeadConversionUndone)
async def on_conversions_undone(tx: Tx, batch: Sequence[Heard[LeadConversionUndone]]) -> None:
    await withdrawal.reopen_leads(tx, batch)


@consumer.on(LeadMerged)
async def on_leads_merged(tx: Tx, batch: Sequence[Heard[LeadMerged]]) -> None:
    await merged.note_leads_merged(tx, batch)


@consumer.on(LeadUnmerged)
async def on_leads_unmerged(tx: Tx, batch: Sequence[Heard[LeadUnmerged]]) -> None:
    await merged.note_leads_unmerged(tx, batch)


@consumer.on(LeadErased)
async def on_leads_erased(tx: Tx, batch: Sequence[Heard[LeadErased]]) -> None:
    await erased.forget_words(tx, batch)


@consumer.on(CustomerMerged)
async def on_customers_merged(tx: Tx, batch: Sequence[Heard[CustomerMerged]]) -> None:
    await merged.note_customers_merged(tx, batch)


@consumer.on(CustomerUnmerged)
async def on_customers_unmerged(tx: Tx, batch: Sequence[Heard[CustomerUnmerged]]) -> None:
    await merged.note_customers_unmerged(tx, batch)


@consumer.on(CustomerRegistered)
async def on_customers_registered(tx: Tx, batch: Sequence[Heard[CustomerRegistered]]) -> None:
    await copies.note_registered(tx, batch)
    await ownership.leave_customers_with_their_finders(tx, batch, now=tx.now)


@consumer.on(CustomerUpdated)
async def on_customers_updated(tx: Tx, batch: Sequence[Heard[CustomerUpdated]]) -> None:
    await copies.note_customers_updated(tx, batch)


@consumer.on(CustomerMoved)
async def on_customers_moved(tx: Tx, batch: Sequence[Heard[CustomerMoved]]) -> None:
    await copies.note_customers_moved(tx, batch)


@consumer.on(CustomerWithdrawn)
async def on_customers_withdrawn(tx: Tx, batch: Sequence[Heard[CustomerWithdrawn]]) -> None:
    await copies.note_customers_withdrawn(tx, batch)


@consumer.on(CustomerReinstated)
async def on_customers_reinstated(tx: Tx, batch: Sequence[Heard[CustomerReinstated]]) -> None:
    await copies.note_customers_reinstated(tx, batch)


@consumer.on(ContactAdded)
async def on_contacts_added(tx: Tx, batch: Sequence[Heard[ContactAdded]]) -> None:
    await contacts.note_added(tx, batch)


@consumer.on(ContactLinked)
async def on_contacts_linked(tx: Tx, batch: Sequence[Heard[ContactLinked]]) -> None:
    await contacts.note_linked(tx, batch)


@consumer.on(ContactUnlinked)
async def on_contacts_unlinked(tx: Tx, batch: Sequence[Heard[ContactUnlinked]]) -> None:
    await contacts.note_unlinked(tx, batch)


@consumer.on(ContactMerged)
async def on_contacts_merged(tx: Tx, batch: Sequence[Heard[ContactMerged]]) -> None:
    await contacts.note_merged(tx, batch)


@consumer.on(ContactUnmerged)
async def on_contacts_unmerged(tx: Tx, batch: Sequence[Heard[ContactUnmerged]]) -> None:
    await contacts.note_unmerged(tx, batch)


@consumer.on(ContactReinstated)
async def on_contacts_reinstated(tx: Tx, batch: Sequence[Heard[ContactReinstated]]) -> None:
    await contacts.note_reinstated(tx, batch)


@consumer.on(ContactWithdrawn)
async def on_contacts_withdrawn(tx: Tx, batch: Sequence[Heard[ContactWithdrawn]]) -> None:
    await contacts.note_withdrawn(tx, batch)
