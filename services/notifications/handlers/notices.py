"""Telling people, and noting what they have seen."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.notifications import live, recipients
from services.notifications.domain import notice
from services.notifications.domain.notice import Cause, Notice, NoticeNotFound
from services.notifications.domain.preference import DEFAULT_CHANNELS
from services.notifications.recipients import Audience, UnitNotHeardOf
from services.notifications.repository import copies, delivery
from services.notifications.repository import notice as repository
from shared import outbox
from shared.db import Tx

log = structlog.get_logger()

ASK_AGAIN_AFTER = timedelta(minutes=1)

Told = tuple[Cause, Collection[UUID]]
Addressed = tuple[Cause, Audience]


async def place(tx: Tx, told: Sequence[Told], *, now: datetime) -> None:
    """Tell named people, each of them once, in their inbox and wherever else they want."""
    decided = [
        notice.place(cause, recipient_id=person, now=now)
        for cause, people in told
        for person in sorted(people)
    ]
    if not decided:
        return
    fresh = await repository.place_all(tx, [each for each, _ in decided], at=now)
    decided = [(each, events) for each, events in decided if each.id in fresh]
    await delivery.plan_all(tx, fresh, defaults=DEFAULT_CHANNELS, at=now)
    await outbox.append_all(tx, decided, at=now)
    readers = {each.recipient_id for each, _ in decided}
    tx.after_commit(lambda: live.BELL.ring(readers))
    log.info("notices_placed", notices=len(fresh), readers=len(readers))


async def announce(tx: Tx, addressed: Sequence[Addressed], *, now: datetime) -> None:
    """Tell whoever leads or oversees a unit; keep it while nobody has told us of the unit."""
    if not addressed:
        return
    chart = await copies.chart(tx, {audience.unit_id for _, audience in addressed})
    told: list[Told] = []
    unplaced: list[Addressed] = []
    for cause, audience in addressed:
        try:
            people = recipients.of_unit(audience, chart)
        except UnitNotHeardOf:
            unplaced.append((cause, audience))
            continue
        if not people:
            log.warning("nobody_to_tell", kind=cause.kind, subject_id=str(cause.subject_id))
        told.append((cause, people))
    await place(tx, told, now=now)
    if unplaced:
        await repository.keep_unplaced(tx, unplaced, retry_at=now + ASK_AGAIN_AFTER)


async def announce_again(tx: Tx, due: Sequence[Addressed], *, now: datetime) -> None:
    """The directory may know by now who should hear what was kept."""
    await repository.drop_unplaced(tx, [cause.id for cause, _ in due])
    await announce(tx, due, now=now)


async def mark_read(tx: Tx, *, notice_id: UUID, by: UUID, now: datetime) -> Notice:
    """The reader has seen it."""
    held = await repository.lock(tx, notice_id, recipient_id=by)
    if held is None:
        raise NoticeNotFound

    seen, events = notice.read(held, now=now)

    if events:
        await repository.save_read(tx, seen)
        await outbox.append(tx, seen, events, at=now)
    return seen
