"""What time alone brings about: reminders to owners, then word to whoever leads them."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.domain import follow_up, next_step
from services.notifications.domain.follow_up import FollowUp
from services.notifications.domain.next_step import NextStep
from services.notifications.domain.progress import NOTHING_HEARD
from services.notifications.handlers import notices
from services.notifications.recipients import Audience
from services.notifications.repository import copies, escalation, progress
from services.notifications.repository import follow_up as follow_ups
from services.notifications.repository import next_step as next_steps
from shared.db import Tx


async def remind_owners(tx: Tx, due: Sequence[FollowUp], *, now: datetime) -> None:
    """Tell owners whose time is up, unless somebody has acted."""
    policy = await escalation.policy(tx)
    done = await progress.of(tx, [owed.subject_id for owed in due])

    decided = [
        follow_up.remind(
            owed, progress=done.get(owed.subject_id, NOTHING_HEARD), policy=policy, now=now
        )
        for owed in due
    ]

    await follow_ups.save_all(tx, [owed for owed, _ in decided])
    told = [(cause, {owed.owner_id}) for owed, cause in decided if cause and owed.owner_id]
    await notices.place(tx, told, now=now)


async def escalate(tx: Tx, due: Sequence[FollowUp], *, now: datetime) -> None:
    """Tell whoever leads the owner's unit what is still undone."""
    done = await progress.of(tx, [owed.subject_id for owed in due])

    decided = [
        follow_up.escalate(owed, progress=done.get(owed.subject_id, NOTHING_HEARD), now=now)
        for owed in due
    ]

    await follow_ups.save_all(tx, [owed for owed, _ in decided])
    addressed = [
        (cause, Audience(unit_id=owed.unit_id, role="lead", besides=owed.owner_id))
        for owed, cause in decided
        if cause
    ]
    await notices.announce(tx, addressed, now=now)


async def ask_for_next_steps(tx: Tx, due: Sequence[NextStep], *, now: datetime) -> None:
    """Tell owners that the day of their next step has passed, unless they took it."""
    subjects = [step.subject_id for step in due]
    done = await progress.of(tx, subjects)
    held = await copies.custody(tx, subjects)

    decided = [
        next_step.remind(step, progress=done.get(step.subject_id, NOTHING_HEARD), now=now)
        for step in due
    ]

    await next_steps.mark_reminded(tx, [step for step, _ in decided])
    told = [
        (cause, {owner_id})
        for step, cause in decided
        if cause and step.subject_id in held and (owner_id := held[step.subject_id].owner_id)
    ]
    await notices.place(tx, told, now=now)
