"""The new owner has to act in time: reminded once, then the team lead hears of it once.

An answer is any activity about the record since it was assigned, by anyone, or the record's end.
It is looked for when a deadline falls due, so it does not matter in which order things were heard.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notifications.domain.escalation import EscalationPolicy
from services.notifications.domain.notice import Cause, missed
from services.notifications.domain.progress import Progress
from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import (
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """Who has a record, and by when they must show that they do."""

    subject_kind: SubjectKind
    subject_id: UUID
    unit_id: UUID
    owner_id: UUID | None = None
    """Nobody while it is pooled or unassigned: then nothing is due."""
    assigned_at: datetime
    respond_by: datetime | None = None
    reminded_at: datetime | None = None
    escalate_at: datetime | None = None
    escalated_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def id(self) -> UUID:
        """There is one for each record."""
        return self.subject_id


def arm(event: OwnershipAssigned) -> FollowUp:
    """The record has a new owner or a new deadline: whatever was due before no longer is."""
    return FollowUp(
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        unit_id=event.unit_id,
        owner_id=event.owner_id,
        assigned_at=event.assigned_at,
        respond_by=None if event.history else event.respond_by,
    )


def disarm(event: OwnershipPooled | OwnershipUnassigned) -> FollowUp:
    """Nobody has the record, so nobody is late."""
    since = event.pooled_at if isinstance(event, OwnershipPooled) else event.unassigned_at
    return FollowUp(
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        unit_id=event.unit_id,
        assigned_at=since,
    )


def remind(
    owed: FollowUp, *, progress: Progress, policy: EscalationPolicy, now: datetime
) -> tuple[FollowUp, Cause | None]:
    """Tell the owner that time is up, unless somebody has acted."""
    if owed.respond_by is None or owed.reminded_at or owed.answered_at or now < owed.respond_by:
        return owed, None
    if (answered_at := progress.since(owed.assigned_at)) is not None:
        return replace(owed, answered_at=answered_at), None
    escalate_at = policy.escalate_at(owed.respond_by)
    return replace(owed, reminded_at=now, escalate_at=escalate_at), Cause(
        id=missed("follow_up_overdue", owed.subject_id, owed.respond_by),
        kind="follow_up_overdue",
        subject_kind=owed.subject_kind,
        subject_id=owed.subject_id,
        due_at=owed.respond_by,
    )


def escalate(owed: FollowUp, *, progress: Progress, now: datetime) -> tuple[FollowUp, Cause | None]:
    """Tell whoever leads the unit, unless somebody has acted since the reminder."""
    if owed.escalate_at is None or owed.escalated_at or owed.answered_at or now < owed.escalate_at:
        return owed, None
    if (answered_at := progress.since(owed.assigned_at)) is not None:
        return replace(owed, answered_at=answered_at), None
    deadline = owed.respond_by or owed.escalate_at
    return replace(owed, escalated_at=now), Cause(
        id=missed("follow_up_escalated", owed.subject_id, deadline),
        kind="follow_up_escalated",
        subject_kind=owed.subject_kind,
        subject_id=owed.subject_id,
        colleague_id=owed.owner_id,
        due_at=deadline,
    )
