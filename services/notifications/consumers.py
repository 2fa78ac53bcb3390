"""Which events we hear, and which handler answers. The platform hears of people by itself."""

from collections.abc import Sequence

from services.notifications.handlers import copies, deals, nurture, ownership, progress
from shared.consumer import Consumer, Heard
from shared.contracts.leads import (
    CustomerRegistered,
    CustomerUpdated,
    LeadCaptured,
    LeadConversionUndone,
    LeadConverted,
    LeadDisqualified,
    LeadMerged,
    LeadOutcomeRecorded,
    LeadReopened,
    LeadTouchDue,
    LeadUnmerged,
    LeadUpdated,
    LearnedScoreDrifted,
)
from shared.contracts.opportunities import (
    ActivityLogged,
    CollisionOpened,
    HandOverCompleted,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityUnrecorded,
    OpportunityUpdated,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipRecycleWarned,
    OwnershipUnassigned,
    UnitDefined,
)
from shared.db import Tx

consumer = Consumer()


@consumer.on(OwnershipAssigned)
async def on_assigned(tx: Tx, batch: Sequence[Heard[OwnershipAssigned]]) -> None:
    """Records have owners, who should know and act."""
    await ownership.welcome_owners(tx, batch)


@consumer.on(OwnershipRecycleWarned)
async def on_recycle_warned(tx: Tx, batch: Sequence[Heard[OwnershipRecycleWarned]]) -> None:
    """Records go back to a pool soon."""
    await ownership.warn_of_recycling(tx, batch)


@consumer.on(CollisionOpened)
async def on_collisions(tx: Tx, batch: Sequence[Heard[CollisionOpened]]) -> None:
    """New deals meet what others have."""
    await ownership.tell_of_collisions(tx, batch)


@consumer.on(HandOverCompleted)
async def on_hand_overs(tx: Tx, batch: Sequence[Heard[HandOverCompleted]]) -> None:
    """People took over what somebody had."""
    await ownership.tell_of_hand_overs(tx, batch)


@consumer.on(OwnershipPooled, OwnershipUnassigned)
async def on_released(
    tx: Tx, batch: Sequence[Heard[OwnershipPooled | OwnershipUnassigned]]
) -> None:
    """Records have no owner any more."""
    await ownership.release_owners(tx, batch)


@consumer.on(ActivityLogged)
async def on_activities(tx: Tx, batch: Sequence[Heard[ActivityLogged]]) -> None:
    """Somebody acted."""
    await progress.note_activities(tx, batch)


@consumer.on(LeadConverted, LeadDisqualified, LeadOutcomeRecorded, LeadMerged)
async def on_leads_closed(tx: Tx, batch: Sequence[Heard[progress.LeadEnd]]) -> None:
    """Leads came to their end."""
    await progress.close_leads(tx, batch)


@consumer.on(LeadUnmerged, LeadConversionUndone)
async def on_leads_alive_again(
    tx: Tx, batch: Sequence[Heard[LeadUnmerged | LeadConversionUndone]]
) -> None:
    """Leads are their own again, or nobody's customer any more."""
    await progress.reopen_leads(tx, batch)


@consumer.on(LeadReopened)
async def on_leads_reopened(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    """Leads came back."""
    await progress.take_up_leads(tx, batch)
    await nurture.tell_of_returns(tx, batch)


@consumer.on(LeadTouchDue)
async def on_touches_due(tx: Tx, batch: Sequence[Heard[LeadTouchDue]]) -> None:
    """Leads that are not ready yet should hear of us again."""
    await nurture.remind_owners(tx, batch)


@consumer.on(LearnedScoreDrifted)
async def on_learned_scores(tx: Tx, batch: Sequence[Heard[LearnedScoreDrifted]]) -> None:
    """A learned score may not fit the times any more."""
    await nurture.warn_of_drift(tx, batch)


@consumer.on(OpportunityOpened, OpportunityRecorded)
async def on_deals(tx: Tx, batch: Sequence[Heard[OpportunityOpened | OpportunityRecorded]]) -> None:
    """There are new deals."""
    await deals.learn(tx, batch)


@consumer.on(OpportunityUpdated)
async def on_deals_updated(tx: Tx, batch: Sequence[Heard[OpportunityUpdated]]) -> None:
    """Deals have changed."""
    await deals.relearn(tx, batch)


@consumer.on(OpportunityWon, OpportunityLost)
async def on_deals_closed(tx: Tx, batch: Sequence[Heard[OpportunityWon | OpportunityLost]]) -> None:
    """Deals came to their end."""
    await deals.close(tx, batch)


@consumer.on(OpportunityWithdrawn, OpportunityUnrecorded)
async def on_deals_withdrawn(
    tx: Tx, batch: Sequence[Heard[OpportunityWithdrawn | OpportunityUnrecorded]]
) -> None:
    """Deals went with the conversion that they had come of."""
    await deals.withdraw(tx, batch)


@consumer.on(LeadCaptured, LeadUpdated)
async def on_lead_names(tx: Tx, batch: Sequence[Heard[LeadCaptured | LeadUpdated]]) -> None:
    """Leads have company names."""
    await copies.name_leads(tx, batch)


@consumer.on(CustomerRegistered, CustomerUpdated)
async def on_customer_names(
    tx: Tx, batch: Sequence[Heard[CustomerRegistered | CustomerUpdated]]
) -> None:
    """Customers have names."""
    await copies.name_customers(tx, batch)


@consumer.on(UnitDefined)
async def on_units(tx: Tx, batch: Sequence[Heard[UnitDefined]]) -> None:
    """Units have leads."""
    await copies.learn_units(tx, batch)
