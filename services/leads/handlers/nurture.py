"""Keeping leads warm that are not ready yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.nurture import Nurture, announce_due, begin, touched
from services.leads.domain.refusals import NothingPlanned
from services.leads.handlers.announcing import announce
from services.leads.repository import lead as leads
from services.leads.repository import nurture as repository
from shared import audit
from shared.db import Tx


async def begin_plans(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:
    """Give each of these leads its plan."""
    policy = await repository.policy(tx)
    held = await leads.lock_all(tx, due)
    await repository.save_all(tx, [begin(one, policy=policy, now=now) for one in held.values()])


async def end_plans(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:  # noqa: ARG001
    """Leads that are ready, or over, need no plan."""
    await repository.end_all(tx, due)


async def announce_touches(tx: Tx, due: Sequence[Nurture], *, now: datetime) -> None:
    """Say which touches are due, each once."""
    held = await leads.lock_all(tx, [nurture.lead_id for nurture in due])

    said = [
        announce_due(held[nurture.lead_id], nurture, now=now)
        for nurture in due
        if nurture.lead_id in held
    ]

    await leads.save_all(tx, [lead for lead, events, _ in said if events])
    await repository.save_all(tx, [nurture for _, _, nurture in said])
    await announce(tx, [(lead, events) for lead, events, _ in said], now=now)


async def note_touch(tx: Tx, *, lead_id: UUID) -> None:
    """The next touch has been made."""
    await leads.lock(tx, lead_id)
    held = (await repository.lock_all(tx, [lead_id])).get(lead_id)
    if held is None:
        raise NothingPlanned
    await repository.save_all(tx, [touched(held)])
    await audit.record(
        tx,
        action="lead.nurtured",
        subject_kind="lead",
        subject_id=lead_id,
        after={"plan": held.plan, "step": held.done + 1},
    )


async def follow_activities(tx: Tx, done: Mapping[UUID, datetime]) -> None:
    """Whoever spoke with a lead has made its next touch, planned or not."""
    held = await repository.lock_all(tx, list(done))
    made = [touched(one) for one in held.values() if done[one.lead_id] >= one.began_at]
    if made:
        await repository.save_all(tx, made)
