"""Which events we hear, and what learns from each. One event is one row somewhere, or a change of one."""

from collections.abc import Sequence

from services.analytics.handlers import learning
from services.analytics.handlers.learning import facts
from services.analytics.repository import directory, leads, opportunities, touches, work
from shared.consumer import Consumer, Heard
from shared.contracts.leads import (
    CustomerMerged,
    CustomerRegistered,
    CustomerReinstated,
    CustomerUnmerged,
    CustomerUpdated,
    CustomerWithdrawn,
    LeadCaptured,
    LeadConversionUndone,
    LeadConverted,
    LeadDisqualified,
    LeadMerged,
    LeadOutcomeRecorded,
    LeadQualified,
    LeadReopened,
    LeadScored,
    LeadTagged,
    LeadTouched,
    LeadUnmerged,
    LeadUpdated,
)
from shared.contracts.notifications import NotificationPlaced, NotificationRead
from shared.contracts.opportunities import (
    ActivityLogged,
    ActivityUnlogged,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityStageChanged,
    OpportunityUnrecorded,
    OpportunityUpdated,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
    PersonDefined,
    ProductDefined,
    UnitDefined,
)
from shared.db import Tx

consumer = Consumer(rest=0.25)


@consumer.on(UnitDefined)
async def on_units(tx: Tx, batch: Sequence[Heard[UnitDefined]]) -> None:
    await directory.save_units(tx, facts(batch))


@consumer.on(PersonDefined)
async def on_people(tx: Tx, batch: Sequence[Heard[PersonDefined]]) -> None:
    await directory.save_people(tx, facts(batch))


@consumer.on(ProductDefined)
async def on_products(tx: Tx, batch: Sequence[Heard[ProductDefined]]) -> None:
    await directory.save_products(tx, facts(batch))


@consumer.on(CustomerRegistered)
async def on_customers_registered(tx: Tx, batch: Sequence[Heard[CustomerRegistered]]) -> None:
    await directory.register_customers(tx, facts(batch))


@consumer.on(CustomerUpdated)
async def on_customers_updated(tx: Tx, batch: Sequence[Heard[CustomerUpdated]]) -> None:
    await directory.update_customers(tx, facts(batch))


@consumer.on(CustomerMerged, CustomerUnmerged)
async def on_customers_redirected(
    tx: Tx, batch: Sequence[Heard[CustomerMerged | CustomerUnmerged]]
) -> None:
    await directory.redirect_customers(tx, facts(batch))


@consumer.on(CustomerWithdrawn, CustomerReinstated)
async def on_customers_withdrawn(
    tx: Tx, batch: Sequence[Heard[CustomerWithdrawn | CustomerReinstated]]
) -> None:
    await directory.withdraw_customers(tx, facts(batch))


@consumer.on(LeadCaptured)
async def on_leads_captured(tx: Tx, batch: Sequence[Heard[LeadCaptured]]) -> None:
    rows = facts(batch)
    await leads.capture(tx, rows)
    await touches.add(tx, rows)


@consumer.on(LeadUpdated)
async def on_leads_updated(tx: Tx, batch: Sequence[Heard[LeadUpdated]]) -> None:
    await leads.update(tx, facts(batch))


@consumer.on(LeadTouched)
async def on_leads_touched(tx: Tx, batch: Sequence[Heard[LeadTouched]]) -> None:
    rows = facts(batch)
    await leads.count_touches(tx, rows)
    await touches.add(tx, rows)


@consumer.on(LeadScored)
async def on_leads_scored(tx: Tx, batch: Sequence[Heard[LeadScored]]) -> None:
    await leads.score(tx, facts(batch))


@consumer.on(LeadTagged)
async def on_leads_tagged(tx: Tx, batch: Sequence[Heard[LeadTagged]]) -> None:
    await leads.tag(tx, facts(batch))


@consumer.on(LeadQualified)
async def on_leads_qualified(tx: Tx, batch: Sequence[Heard[LeadQualified]]) -> None:
    await leads.qualify(tx, facts(batch))


@consumer.on(LeadDisqualified)
async def on_leads_disqualified(tx: Tx, batch: Sequence[Heard[LeadDisqualified]]) -> None:
    await leads.disqualify(tx, facts(batch))


@consumer.on(LeadReopened)
async def on_leads_reopened(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    await leads.reopen(tx, facts(batch))


@consumer.on(LeadOutcomeRecorded)
async def on_lead_outcomes(tx: Tx, batch: Sequence[Heard[LeadOutcomeRecorded]]) -> None:
    await leads.record_outcomes(tx, facts(batch))


@consumer.on(LeadConverted)
async def on_leads_converted(tx: Tx, batch: Sequence[Heard[LeadConverted]]) -> None:
    await leads.convert(tx, facts(batch))


@consumer.on(LeadConversionUndone)
async def on_conversions_undone(tx: Tx, batch: Sequence[Heard[LeadConversionUndone]]) -> None:
    await leads.undo_conversions(tx, facts(batch))


@consumer.on(LeadMerged)
async def on_leads_merged(tx: Tx, batch: Sequence[Heard[LeadMerged]]) -> None:
    await leads.merge(tx, facts(batch))


@consumer.on(LeadUnmerged)
async def on_leads_unmerged(tx: Tx, batch: Sequence[Heard[LeadUnmerged]]) -> None:
    await leads.unmerge(tx, facts(batch))


@consumer.on(OwnershipAssigned, OwnershipPooled, OwnershipUnassigned)
async def on_ownership(
    tx: Tx, batch: Sequence[Heard[OwnershipAssigned | OwnershipPooled | OwnershipUnassigned]]
) -> None:
    await learning.change_hands(tx, batch)


@consumer.on(ActivityLogged)
async def on_activities(tx: Tx, batch: Sequence[Heard[ActivityLogged]]) -> None:
    await work.log_activities(tx, facts(batch))


@consumer.on(ActivityUnlogged)
async def on_activities_unlogged(tx: Tx, batch: Sequence[Heard[ActivityUnlogged]]) -> None:
    await work.unlog_activities(tx, facts(batch))


@consumer.on(OpportunityOpened)
async def on_opportunities_opened(tx: Tx, batch: Sequence[Heard[OpportunityOpened]]) -> None:
    await learning.open_deals(tx, batch)


@consumer.on(OpportunityRecorded)
async def on_opportunities_recorded(tx: Tx, batch: Sequence[Heard[OpportunityRecorded]]) -> None:
    await learning.record_deals(tx, batch)


@consumer.on(OpportunityUpdated)
async def on_opportunities_updated(tx: Tx, batch: Sequence[Heard[OpportunityUpdated]]) -> None:
    await opportunities.update(tx, facts(batch))


@consumer.on(OpportunityStageChanged)
async def on_opportunities_moved(tx: Tx, batch: Sequence[Heard[OpportunityStageChanged]]) -> None:
    await learning.move_deals(tx, batch)


@consumer.on(OpportunityWon)
async def on_opportunities_won(tx: Tx, batch: Sequence[Heard[OpportunityWon]]) -> None:
    await learning.win_deals(tx, batch)


@consumer.on(OpportunityLost)
async def on_opportunities_lost(tx: Tx, batch: Sequence[Heard[OpportunityLost]]) -> None:
    await learning.lose_deals(tx, batch)


@consumer.on(OpportunityWithdrawn, OpportunityUnrecorded)
async def on_opportunities_withdrawn(
    tx: Tx, batch: Sequence[Heard[OpportunityWithdrawn | OpportunityUnrecorded]]
) -> None:
    await learning.withdraw_deals(tx, batch)


@consumer.on(NotificationPlaced)
async def on_notifications_placed(tx: Tx, batch: Sequence[Heard[NotificationPlaced]]) -> None:
    await work.place_notifications(tx, facts(batch))


@consumer.on(NotificationRead)
async def on_notifications_read(tx: Tx, batch: Sequence[Heard[NotificationRead]]) -> None:
    await work.read_notifications(tx, facts(batch))
