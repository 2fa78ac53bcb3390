"""Somebody has a record now, or nobody has."""

from collections.abc import Sequence

from services.notifications import recipients
from services.notifications.domain import follow_up
from services.notifications.domain.notice import Cause
from services.notifications.handlers import notices
from services.notifications.recipients import Audience
from services.notifications.repository import follow_up as repository
from shared.consumer import Heard
from shared.contracts.opportunities import (
    CollisionOpened,
    HandOverCompleted,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipRecycleWarned,
    OwnershipUnassigned,
    Received,
)
from shared.db import Tx


async def welcome_owners(tx: Tx, batch: Sequence[Heard[OwnershipAssigned]]) -> None:
    """Tell new owners what they have, and watch whether they act in time."""
    await repository.save_all(tx, [follow_up.arm(heard.event) for heard in batch])
    told = [(_new_owner(heard), recipients.of_assignment(heard.event)) for heard in batch]
    await notices.place(tx, told, now=tx.now)


async def release_owners(
    tx: Tx, batch: Sequence[Heard[OwnershipPooled | OwnershipUnassigned]]
) -> None:
    """Nobody owes these records anything; tell those who oversee the unit what nobody was given."""
    await repository.save_all(tx, [follow_up.disarm(heard.event) for heard in batch])
    addressed = [
        (_unassigned(heard, event), Audience(unit_id=event.unit_id, role="overseers"))
        for heard in batch
        if isinstance(event := heard.event, OwnershipUnassigned) and not event.history
    ]
    await notices.announce(tx, addressed, now=tx.now)


async def tell_of_hand_overs(tx: Tx, batch: Sequence[Heard[HandOverCompleted]]) -> None:
    """Tell those who took something over how much it is, once."""
    told = [
        (_handed_over(heard, received), frozenset({received.person_id}))
        for heard in batch
        for received in heard.event.received
    ]
    await notices.place(tx, told, now=tx.now)


async def tell_of_collisions(tx: Tx, batch: Sequence[Heard[CollisionOpened]]) -> None:
    """Tell those who lead either side that somebody has to rule."""
    addressed = [
        (_collided(heard), Audience(unit_id=unit_id, role="lead"))
        for heard in batch
        for unit_id in sorted({heard.event.unit_id, heard.event.other_unit_id})
    ]
    await notices.announce(tx, addressed, now=tx.now)


def _collided(heard: Heard[CollisionOpened]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="deal_collided",
        subject_kind="customer",
        subject_id=heard.event.customer_id,
    )


async def warn_of_recycling(tx: Tx, batch: Sequence[Heard[OwnershipRecycleWarned]]) -> None:
    """Tell owners what they lose soon if they do nothing about it."""
    told = [(_recycled(heard), frozenset({heard.event.owner_id})) for heard in batch]
    await notices.place(tx, told, now=tx.now)


def _recycled(heard: Heard[OwnershipRecycleWarned]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="recycle_warned",
        subject_kind=heard.event.subject_kind,
        subject_id=heard.event.subject_id,
        due_at=heard.event.recycled_at,
    )


def _handed_over(heard: Heard[HandOverCompleted], received: Received) -> Cause:
    counts = received.model_dump(exclude={"person_id"})
    return Cause(
        id=heard.event_id,
        kind="work_handed_over",
        subject_kind="person",
        subject_id=heard.event.from_person_id,
        colleague_id=heard.event.from_person_id,
        reasons=tuple(f"{kind}:{count}" for kind, count in counts.items() if count),
    )


def _new_owner(heard: Heard[OwnershipAssigned]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="new_owner",
        subject_kind=heard.event.subject_kind,
        subject_id=heard.event.subject_id,
        due_at=heard.event.respond_by,
    )


def _unassigned(
    heard: Heard[OwnershipPooled | OwnershipUnassigned], event: OwnershipUnassigned
) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="lead_unassigned",
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        reasons=event.reasons,
    )
