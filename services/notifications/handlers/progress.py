"""Something was done about a record, or there is nothing left to do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain import next_step
from services.notifications.domain.next_step import NextStep
from services.notifications.repository import escalation
from services.notifications.repository import next_step as steps
from services.notifications.repository import progress as repository
from shared.consumer import Heard
from shared.contracts.leads import (
    LeadConversionUndone,
    LeadConverted,
    LeadDisqualified,
    LeadMerged,
    LeadOutcomeRecorded,
    LeadReopened,
    LeadUnmerged,
)
from shared.contracts.opportunities import ActivityLogged
from shared.db import Tx

LeadEnd = LeadConverted | LeadDisqualified | LeadOutcomeRecorded | LeadMerged


async def note_activities(tx: Tx, batch: Sequence[Heard[ActivityLogged]]) -> None:
    """An activity answers for its record, and may say what comes next."""
    done: dict[UUID, datetime] = {}
    for heard in batch:
        # Nobody can have acted after they said so.
        done_at = min(heard.event.done_at, heard.occurred_at)
        done[heard.event.subject_id] = max(done_at, done.get(heard.event.subject_id, done_at))
    await repository.note_activities(tx, done)
    planned = [heard for heard in batch if _plans(heard.event)]
    if planned:
        zone = (await escalation.policy(tx)).zone
        await say_next_steps(tx, [_planned(heard, zone) for heard in planned])


async def close_leads(tx: Tx, batch: Sequence[Heard[LeadEnd]]) -> None:
    """Nothing is left to do about these leads."""
    await repository.note_closed(tx, {heard.event.lead_id: heard.occurred_at for heard in batch})


async def reopen_leads(tx: Tx, batch: Sequence[Heard[LeadUnmerged | LeadConversionUndone]]) -> None:
    """There is something to do again about those of these leads that were not over before."""
    alive = [h.event.lead_id for h in batch if h.event.state in ("open", "qualified")]
    await repository.note_reopened(tx, alive)


async def take_up_leads(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    """There is something to do again about these leads."""
    await repository.note_reopened(tx, [heard.event.lead_id for heard in batch])


async def say_next_steps(tx: Tx, said: Sequence[NextStep]) -> None:
    """Of several words about one record the latest counts."""
    latest: dict[UUID, NextStep] = {}
    for step in sorted(said, key=lambda step: step.said_at):
        latest[step.subject_id] = step
    if latest:
        await steps.say_all(tx, list(latest.values()))


def _plans(event: ActivityLogged) -> bool:
    """An activity that names no day leaves the plan as it is."""
    return event.next_step_on is not None and not event.history


def _planned(heard: Heard[ActivityLogged], zone: ZoneInfo) -> NextStep:
    event = heard.event
    return next_step.say(
        event.subject_kind,
        event.subject_id,
        due_on=event.next_step_on,
        said_at=heard.occurred_at,
        zone=zone,
    )
