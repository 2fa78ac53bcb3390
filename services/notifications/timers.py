"""All timers of the service."""

from datetime import timedelta

from services.notifications.handlers import deadlines, notices, sending
from services.notifications.repository import follow_up, next_step, notice
from shared.timers import AnyTimer, Dispatch, Timer

SECOND = timedelta(seconds=1)

TIMERS: tuple[AnyTimer, ...] = (
    Timer(
        name="remind of overdue follow-ups",
        every=5 * SECOND,
        due=follow_up.lock_due_for_reminder,
        act=deadlines.remind_owners,
    ),
    Timer(
        name="escalate overdue follow-ups",
        every=5 * SECOND,
        due=follow_up.lock_due_for_escalation,
        act=deadlines.escalate,
    ),
    Timer(
        name="remind of overdue next steps",
        every=15 * SECOND,
        due=next_step.lock_due_for_reminder,
        act=deadlines.ask_for_next_steps,
    ),
    Timer(
        name="place what waited for the directory",
        every=15 * SECOND,
        due=notice.lock_unplaced,
        act=notices.announce_again,
        key=lambda unplaced: str(unplaced[0].id),
    ),
    Dispatch(
        name="send mail",
        every=SECOND,
        claim=sending.claim_letters,
        send=sending.send_letter,
        record=sending.note_letters,
    ),
    Dispatch(
        name="send to WeCom",
        every=SECOND,
        claim=sending.claim_posts,
        send=sending.send_post,
        record=sending.note_posts,
    ),
)
