"""An activity: what somebody did about a lead, a customer or a deal, and what they said comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import ActivityKind, ActivityLogged, ActivityUnlogged
from shared.refusals import Conflict, NotFound


class SubjectNotFound(NotFound):
    """There is no {subject_kind} {subject_id}, or it lies outside your part of the organisation."""


class NotYetDone(Conflict):
    """An activity is logged when it is done: {done_at} is still to come.

    Send it as `next_step` and `next_step_on` if it is planned.
    """


class NextStepInThePast(Conflict):
    """The next step cannot be on {next_step_on}: that day is over."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the activity is about, and whose it is."""

    kind: SubjectKind
    id: UUID
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class Activity:
    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    kind: ActivityKind
    done_by: UUID
    unit_id: UUID
    done_at: datetime
    text: str = ""
    """Free text stays here; events say only that something was done."""
    next_step: str = ""
    next_step_on: date | None = None
    sequence: int = 0


def log(
    *,
    id: UUID,
    subject: Subject,
    kind: ActivityKind,
    done_by: UUID,
    done_at: datetime,
    text: str,
    next_step: str,
    next_step_on: date | None,
    today: date,
    now: datetime,
    history: bool = False,
    sequence: int = 0,
) -> tuple[Activity, Sequence[ActivityLogged]]:
    """What was done is a fact from now on; it is not edited, and it is not in the future."""
    if done_at > now:
        raise NotYetDone(done_at=done_at)
    if next_step_on is not None and next_step_on < today:
        raise NextStepInThePast(next_step_on=next_step_on)
    activity = Activity(
        id=id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        kind=kind,
        done_by=done_by,
        unit_id=subject.unit_id,
        done_at=done_at,
        text=text,
        next_step=next_step,
        next_step_on=next_step_on,
        sequence=sequence,
    )
    return advance(
        activity,
        ActivityLogged(
            activity_id=id,
            subject_kind=subject.kind,
            subject_id=subject.id,
            kind=kind,
            done_by=done_by,
            unit_id=subject.unit_id,
            done_at=done_at,
            next_step_on=next_step_on,
            history=history,
        ),
    )


def unlog(
    activity: Activity, *, import_id: UUID, now: datetime
) -> tuple[Activity, Sequence[ActivityUnlogged]]:
    """The import that told of it was taken back."""
    return advance(
        activity,
        ActivityUnlogged(
            activity_id=activity.id,
            subject_kind=activity.subject_kind,
            subject_id=activity.subject_id,
            run_id=import_id,
            unlogged_at=now,
            history=True,
        ),
    )
