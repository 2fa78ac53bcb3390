"""The owner said what comes next and on which day; when the day has passed, they are asked."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain.notice import Cause, missed
from services.notifications.domain.progress import Progress
from shared.contracts.base import SubjectKind


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """A day somebody named, and when they named it: what was said later counts."""

    subject_kind: SubjectKind
    subject_id: UUID
    due_on: date | None
    said_at: datetime
    starts_at: datetime | None = None
    """The day's first moment where the work is done: an activity from then on is the step."""
    due_at: datetime | None = None
    """The first moment after the day."""
    reminded_at: datetime | None = None

    @property
    def id(self) -> UUID:
        """There is one for each record."""
        return self.subject_id


def say(
    subject_kind: SubjectKind,
    subject_id: UUID,
    *,
    due_on: date | None,
    said_at: datetime,
    zone: ZoneInfo,
) -> NextStep:
    """What comes next, as it was just said; no day means that nothing is planned."""
    step = NextStep(
        subject_kind=subject_kind, subject_id=subject_id, due_on=due_on, said_at=said_at
    )
    if due_on is None or due_on == date.max:
        return step
    return replace(
        step,
        starts_at=datetime.combine(due_on, time.min, zone),
        due_at=datetime.combine(due_on + timedelta(days=1), time.min, zone),
    )


def remind(step: NextStep, *, progress: Progress, now: datetime) -> tuple[NextStep, Cause | None]:
    """Ask for the next step, unless something was done on its day or later."""
    if step.due_at is None or step.starts_at is None or step.reminded_at or now < step.due_at:
        return step, None
    asked = replace(step, reminded_at=now)
    if progress.since(step.starts_at) is not None:
        return asked, None
    return asked, Cause(
        id=missed("next_step_overdue", step.subject_id, step.due_at),
        kind="next_step_overdue",
        subject_kind=step.subject_kind,
        subject_id=step.subject_id,
        due_at=step.starts_at,
    )
