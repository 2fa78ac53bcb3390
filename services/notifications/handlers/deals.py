"""Deals that begin, change and end."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.notifications.domain import next_step
from services.notifications.domain.next_step import NextStep
from services.notifications.domain.notice import Cause
from services.notifications.handlers import notices, progress
from services.notifications.recipients import Audience
from services.notifications.repository import copies, escalation
from services.notifications.repository import progress as repository
from services.notifications.repository.copies import Custody
from shared.consumer import Heard
from shared.contracts.opportunities import (
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityUnrecorded,
    OpportunityUpdated,
    OpportunityWithdrawn,
    OpportunityWon,
)
from shared.db import Tx

Stated = OpportunityOpened | OpportunityUpdated | OpportunityRecorded


async def learn(tx: Tx, batch: Sequence[Heard[OpportunityOpened | OpportunityRecorded]]) -> None:
    """Remember whose deals these are, and what comes next in them."""
    await copies.save_deals(tx, [heard.event for heard in batch])
    await _plan(tx, batch)


async def relearn(tx: Tx, batch: Sequence[Heard[OpportunityUpdated]]) -> None:
    """Remember with whom these deals are now, and what comes next in them."""
    customers = {heard.event.opportunity_id: heard.event.facts.customer_id for heard in batch}
    await copies.save_deal_customers(tx, customers)
    await _plan(tx, batch)


async def withdraw(
    tx: Tx, batch: Sequence[Heard[OpportunityWithdrawn | OpportunityUnrecorded]]
) -> None:
    """Nothing is left to do about these deals, and nothing to say."""
    ended = {heard.event.opportunity_id: heard.event.withdrawn_at for heard in batch}
    await repository.note_closed(tx, ended)


async def close(tx: Tx, batch: Sequence[Heard[OpportunityWon | OpportunityLost]]) -> None:
    """Nothing is left to do about these deals, except to be glad of those that were won."""
    ended = {heard.event.opportunity_id: heard.event.closed_at for heard in batch}
    await repository.note_closed(tx, ended)
    held = await copies.custody(tx, ended.keys())
    won = [
        _won(heard, event, held[event.opportunity_id])
        for heard in batch
        if isinstance(event := heard.event, OpportunityWon) and not event.history
    ]
    await notices.announce(tx, won, now=tx.now)


def _won(
    heard: Heard[OpportunityWon | OpportunityLost], event: OpportunityWon, held: Custody
) -> notices.Addressed:
    cause = Cause(
        id=heard.event_id,
        kind="deal_won",
        subject_kind="opportunity",
        subject_id=event.opportunity_id,
        colleague_id=held.owner_id,
        amount=event.amount,
        currency=event.currency,
    )
    return cause, Audience(unit_id=held.unit_id, role="lead", besides=event.closed_by)


async def _plan(tx: Tx, batch: Sequence[Heard[Stated]]) -> None:
    """A deal taken over from another system is not asked about: its days lie in the past."""
    stated = [heard for heard in batch if not heard.event.history]
    if stated:
        zone = (await escalation.policy(tx)).zone
        await progress.say_next_steps(tx, [_stated(heard, zone) for heard in stated])


def _stated(heard: Heard[Stated], zone: ZoneInfo) -> NextStep:
    return next_step.say(
        "opportunity",
        heard.event.opportunity_id,
        due_on=heard.event.facts.next_step_on,
        said_at=heard.occurred_at,
        zone=zone,
    )
