"""Logging what was done, and what comes next."""

from datetime import datetime

from services.opportunities.domain import activity as activities
from services.opportunities.domain.activity import Activity, SubjectNotFound
from services.opportunities.domain.deal import NextStep
from services.opportunities.handlers import business_time
from services.opportunities.handlers import deal as deal_handlers
from services.opportunities.repository import activity as repository
from services.opportunities.repository import merged
from services.opportunities.schemas.activity import LogActivity
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal


async def log_activity(tx: Tx, *, done: LogActivity, actor: Principal, now: datetime) -> Activity:
    """Log what was done about something the caller may see; a deal's next step follows from it."""
    about = done.subject_id
    if done.subject_kind == "customer":
        about = await merged.going_on(tx, about)
    subject = await repository.subject(tx, done.subject_kind, about)
    if subject is None:
        raise SubjectNotFound(subject_kind=done.subject_kind, subject_id=done.subject_id)

    activity, events = activities.log(
        id=new_id(),
        subject=subject,
        kind=done.kind,
        done_by=actor.id,
        done_at=done.done_at or now,
        text=done.text,
        next_step=done.next_step,
        next_step_on=done.next_step_on,
        today=await business_time.today(tx, now, unit_id=actor.unit_id),
        now=now,
    )

    # The ownership is locked before the deal, as a transfer does.
    await repository.note_response(tx, activity, now=now)
    if activity.next_step and subject.kind == "opportunity":
        planned = NextStep(next_step=activity.next_step, next_step_on=activity.next_step_on)
        await deal_handlers.plan_next_step(tx, id=subject.id, next_step=planned, now=now)
    await repository.add(tx, activity)
    await outbox.append(tx, activity, events, at=now)
    await audit.record(
        tx,
        action="activity_logged",
        subject_kind=activity.subject_kind,
        subject_id=activity.subject_id,
        after={"activity_id": str(activity.id), "kind": activity.kind},
    )
    return activity
