"""A notice: one person is told one thing once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.notifications import NotificationPlaced, NotificationRead
from shared.ids import external_id, new_id
from shared.refusals import Invalid, NotFound

Kind = Literal[
    "new_owner",
    "deal_won",
    "lead_unassigned",
    "follow_up_overdue",
    "follow_up_escalated",
    "next_step_overdue",
    "touch_due",
    "lead_returned",
    "score_drifted",
    "work_handed_over",
    "recycle_warned",
    "deal_collided",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Subject = SubjectKind | Literal["learned_score", "person"]
"""What a notice can be about."""


class NoticeNotFound(NotFound):
    """There is no such notice in your inbox."""


class PositionInvalid(Invalid):
    """`Last-Event-ID` is not a position in the inbox.

    Send the id of the last event you have seen, or leave the header out.
    """


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What somebody ought to hear of, whoever that turns out to be."""

    id: UUID
    """The event, or the record and the deadline it missed: the same cause is told only once."""
    kind: Kind
    subject_kind: Subject
    subject_id: UUID
    colleague_id: UUID | None = None
    """The member of staff it is about, when that is not the reader."""
    due_at: datetime | None = None
    amount: Decimal | None = None
    currency: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A cause in somebody's inbox. Its words are chosen when it is read, in the reader's language."""

    id: UUID
    recipient_id: UUID
    cause: Cause
    read_at: datetime | None = None
    sequence: int = 0


def missed(kind: Kind, subject_id: UUID, deadline: datetime) -> UUID:
    """The id of a cause that time alone brought about: one for each record and deadline."""
    return external_id("missed", kind, f"{subject_id}@{deadline.timestamp():.6f}")


def place(
    cause: Cause, *, recipient_id: UUID, now: datetime
) -> tuple[Notice, Sequence[NotificationPlaced]]:
    """Put what happened into somebody's inbox."""
    notice = Notice(id=new_id(), recipient_id=recipient_id, cause=cause)
    placed = NotificationPlaced(
        notification_id=notice.id,
        recipient_id=recipient_id,
        kind=cause.kind,
        subject_kind=cause.subject_kind,
        subject_id=cause.subject_id,
        placed_at=now,
    )
    return advance(notice, placed)


def read(notice: Notice, *, now: datetime) -> tuple[Notice, Sequence[NotificationRead]]:
    """The person has seen it; seeing it again changes nothing."""
    if notice.read_at is not None:
        return notice, ()
    seen = NotificationRead(
        notification_id=notice.id, recipient_id=notice.recipient_id, read_at=now
    )
    return advance(notice, seen, read_at=now)
