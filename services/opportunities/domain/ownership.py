"""Who has a lead, a customer or a deal: one owner, a pool, or the unassigned list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import (
    AnyOwnershipEvent,
    AssignmentReason,
    OwnershipAccepted,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
)
from shared.ids import ownership_id
from shared.refusals import Conflict

Events = Sequence[AnyOwnershipEvent | OwnershipAccepted]
Decision = tuple["Ownership", Events]
Assigned = tuple["Ownership", Sequence[OwnershipAssigned]]
Pooled = tuple["Ownership", Sequence[OwnershipPooled]]
Unassigned = tuple["Ownership", Sequence[OwnershipUnassigned]]


class SubjectClosed(Conflict):
    """Nothing is left to do about it; its owner stays as it is."""


class NotYours(Conflict):
    """Only whoever has it can accept or decline it."""


class OnlyLeads(Conflict):
    """Only leads go to the next candidate; a customer or deal is handed on by whoever leads."""


Passed = Literal["declined", "timed_out"]


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Where one subject stands. Neither owner nor pool means the unassigned list."""

    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    unit_id: UUID
    owner_id: UUID | None = None
    pool_id: UUID | None = None
    previous_owner_id: UUID | None = None
    reasons: tuple[str, ...] = ()
    respond_by: datetime | None = None
    pass_on_at: datetime | None = None
    """When it goes to the next candidate, unless its owner has accepted it or done something."""
    accepted_at: datetime | None = None
    passed: Mapping[str, Passed] = field(default_factory=dict)
    """Who has let it pass, and how: they are not asked again."""
    since: datetime
    open: bool = True
    history: bool = False
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Somebody who may be given work, and the unit that answers for what they own."""

    person_id: UUID
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class OwnedSubject:
    """A subject whose owner is known already, because it came with one."""

    kind: SubjectKind
    subject_id: UUID
    owner_id: UUID


def vacant(kind: SubjectKind, subject_id: UUID, *, unit_id: UUID, now: datetime) -> Ownership:
    """The ownership of a subject that nobody has decided about yet."""
    return Ownership(
        id=ownership_id(kind, subject_id),
        subject_kind=kind,
        subject_id=subject_id,
        unit_id=unit_id,
        since=now,
    )


def assign(
    held: Ownership,
    *,
    to: Owner,
    reason: AssignmentReason,
    now: datetime,
    respond_by: datetime | None = None,
    pass_on_at: datetime | None = None,
    receipt_id: UUID | None = None,
    hand_over_id: UUID | None = None,
    history: bool = False,
) -> Assigned:
    """Give it to somebody; whoever has it already simply keeps it."""
    if held.owner_id == to.person_id:
        return held, ()
    return _begin(
        replace(held, previous_owner_id=held.owner_id or held.previous_owner_id, history=history),
        to=to,
        reason=reason,
        receipt_id=receipt_id,
        respond_by=respond_by,
        pass_on_at=pass_on_at,
        hand_over_id=hand_over_id,
        now=now,
    )


def accept(held: Ownership, *, by: UUID, now: datetime) -> tuple[Ownership, Events]:
    """The owner takes it on; twice is once."""
    if held.owner_id != by:
        raise NotYours
    if held.accepted_at is not None:
        return held, ()
    said = OwnershipAccepted(
        ownership_id=held.id,
        subject_kind=held.subject_kind,
        subject_id=held.subject_id,
        owner_id=by,
        unit_id=held.unit_id,
        accepted_at=now,
    )
    return advance(held, said, accepted_at=now, pass_on_at=None)


def let_pass(held: Ownership, how: Passed) -> Ownership:
    """Its owner is not the one: whoever is next is asked, and they are not asked again."""
    if held.owner_id is None:
        return held
    return replace(held, passed={**held.passed, str(held.owner_id): how})


def take_up_again(held: Ownership, *, respond_by: datetime, now: datetime) -> Assigned:
    """It came back to whoever has it: as long to respond as for a new one, and history no more."""
    if held.owner_id is None:
        return held, ()
    return _begin(
        replace(held, history=False),
        to=Owner(person_id=held.owner_id, unit_id=held.unit_id),
        reason="kept",
        respond_by=respond_by,
        now=now,
    )


def _begin(
    held: Ownership,
    *,
    to: Owner,
    reason: AssignmentReason,
    respond_by: datetime | None,
    now: datetime,
    pass_on_at: datetime | None = None,
    receipt_id: UUID | None = None,
    hand_over_id: UUID | None = None,
) -> Assigned:
    return advance(
        held,
        OwnershipAssigned(
            ownership_id=held.id,
            subject_kind=held.subject_kind,
            subject_id=held.subject_id,
            owner_id=to.person_id,
            unit_id=to.unit_id,
            previous_owner_id=held.previous_owner_id,
            reason=reason,
            receipt_id=receipt_id,
            respond_by=respond_by,
            assigned_at=now,
            hand_over_id=hand_over_id,
            history=held.history,
        ),
        owner_id=to.person_id,
        unit_id=to.unit_id,
        pool_id=None,
        reasons=(reason,),
        respond_by=respond_by,
        pass_on_at=pass_on_at,
        accepted_at=None,
        since=now,
    )


def put_in_pool(
    held: Ownership, *, pool_id: UUID, unit_id: UUID, reason: str, now: datetime
) -> Pooled:
    """Let it wait for whoever claims it first; what waits there already simply stays."""
    if held.pool_id == pool_id:
        return held, ()
    previous = held.owner_id or held.previous_owner_id
    return advance(
        held,
        OwnershipPooled(
            ownership_id=held.id,
            subject_kind=held.subject_kind,
            subject_id=held.subject_id,
            pool_id=pool_id,
            unit_id=unit_id,
            previous_owner_id=previous,
            reason=reason,
            pooled_at=now,
        ),
        owner_id=None,
        unit_id=unit_id,
        pool_id=pool_id,
        previous_owner_id=previous,
        reasons=(reason,),
        respond_by=None,
        pass_on_at=None,
        accepted_at=None,
        since=now,
    )


def leave_unassigned(
    held: Ownership, *, reasons: tuple[str, ...], receipt_id: UUID, now: datetime
) -> Unassigned:
    """Put it on the list of what nobody could be given, with all the reasons."""
    if held.sequence and held.owner_id is None and held.reasons == reasons:
        return held, ()
    return advance(
        held,
        OwnershipUnassigned(
            ownership_id=held.id,
            subject_kind=held.subject_kind,
            subject_id=held.subject_id,
            unit_id=held.unit_id,
            reasons=reasons,
            receipt_id=receipt_id,
            unassigned_at=now,
        ),
        owner_id=None,
        pool_id=None,
        previous_owner_id=held.owner_id or held.previous_owner_id,
        reasons=reasons,
        respond_by=None,
        pass_on_at=None,
        accepted_at=None,
        since=now,
    )


def transfer(
    held: Ownership,
    *,
    to: Owner,
    respond_by: datetime | None,
    hand_over_id: UUID | None = None,
    now: datetime,
) -> Assigned:
    """Hand it on by a manager's word, from an owner, a pool or the unassigned list."""
    if not held.open:
        raise SubjectClosed
    return assign(
        held,
        to=to,
        reason="transferred",
        respond_by=respond_by,
        hand_over_id=hand_over_id,
        now=now,
    )
