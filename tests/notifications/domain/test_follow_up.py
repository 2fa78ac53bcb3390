"""Reminded once when time is up, escalated once when that did not help; any answer ends it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain import follow_up
from services.notifications.domain.escalation import EscalationPolicy
from services.notifications.domain.follow_up import FollowUp
from services.notifications.domain.progress import NOTHING_HEARD, Progress
from tests.notifications import make
from tests.notifications.make import HOUR, NOW, SECOND

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = EscalationPolicy(after=8 * HOUR, zone=SHANGHAI)
DEADLINE = NOW + HOUR


def reminded(**named: object) -> FollowUp:
    """A follow-up whose owner was reminded when the deadline passed."""
    fields = {"reminded_at": DEADLINE, "escalate_at": DEADLINE + 8 * HOUR, **named}
    return make.follow_up(**fields)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(DEADLINE - SECOND, False, id="a second early"),
        pytest.param(DEADLINE, True, id="on the second"),
        pytest.param(DEADLINE + SECOND, True, id="a second late"),
        pytest.param(DEADLINE + 90 * 24 * HOUR, True, id="after a long stop"),
    ],
)
def test_the_owner_is_reminded_from_the_deadline_on(now: datetime, due: bool):
    owed = make.follow_up()

    after, cause = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=now)

    assert (cause is not None) == due
    assert after.reminded_at == (now if due else None)


@pytest.mark.parametrize(
    ("progress", "answered_at"),
    [
        pytest.param(
            Progress(last_activity_at=NOW - SECOND), None, id="activity before it was his"
        ),
        pytest.param(Progress(last_activity_at=NOW), NOW, id="activity as it was assigned"),
        pytest.param(Progress(last_activity_at=NOW + HOUR), NOW + HOUR, id="activity in time"),
        pytest.param(
            Progress(last_activity_at=NOW + 5 * HOUR),
            NOW + 5 * HOUR,
            id="activity late, heard first",
        ),
        pytest.param(Progress(closed_at=NOW - HOUR), NOW - HOUR, id="closed before"),
        pytest.param(Progress(closed_at=NOW + HOUR), NOW + HOUR, id="closed since"),
    ],
)
def test_an_answer_since_the_assignment_spares_the_reminder(
    progress: Progress, answered_at: datetime | None
):
    owed = make.follow_up()

    after, cause = follow_up.remind(owed, progress=progress, policy=POLICY, now=NOW + 6 * HOUR)

    assert after.answered_at == answered_at
    assert (cause is None) == (answered_at is not None)


@pytest.mark.parametrize(
    "settled",
    [
        pytest.param({"respond_by": None}, id="no deadline"),
        pytest.param({"reminded_at": DEADLINE}, id="reminded already"),
        pytest.param({"answered_at": NOW}, id="answered already"),
    ],
)
def test_a_settled_follow_up_stays_as_it_is(settled: dict[str, object]):
    owed = make.follow_up(**settled)

    after, cause = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=DEADLINE)

    assert (after, cause) == (owed, None)


def test_the_same_deadline_is_the_same_cause_however_late_it_is_noticed():
    owed = make.follow_up()

    _, early = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=DEADLINE)
    _, late = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=DEADLINE + HOUR)

    assert early is not None
    assert late is not None
    assert early.id == late.id


def test_a_new_deadline_is_a_new_cause():
    owed = make.follow_up()
    moved = replace(owed, respond_by=DEADLINE + SECOND)

    _, first = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=NOW + 2 * HOUR)
    _, second = follow_up.remind(moved, progress=NOTHING_HEARD, policy=POLICY, now=NOW + 2 * HOUR)

    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_the_escalation_counts_from_the_deadline_and_not_from_the_reminder():
    owed = make.follow_up()

    after, _ = follow_up.remind(owed, progress=NOTHING_HEARD, policy=POLICY, now=NOW + 5 * HOUR)

    assert after.escalate_at == DEADLINE + 8 * HOUR


def test_working_time_decides_when_it_is_a_calendars_business():
    class NextMonday:
        def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
            return start + timedelta(days=5) + duration

    policy = EscalationPolicy(after=8 * HOUR, zone=SHANGHAI, working_time=NextMonday())

    after, _ = follow_up.remind(
        make.follow_up(), progress=NOTHING_HEARD, policy=policy, now=DEADLINE
    )

    assert after.escalate_at == DEADLINE + timedelta(days=5, hours=8)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(DEADLINE + 8 * HOUR - SECOND, False, id="a second early"),
        pytest.param(DEADLINE + 8 * HOUR, True, id="on the second"),
    ],
)
def test_whoever_leads_hears_of_it_from_the_second_deadline_on(now: datetime, due: bool):
    owed = reminded()

    after, cause = follow_up.escalate(owed, progress=NOTHING_HEARD, now=now)

    assert (cause is not None) == due
    assert after.escalated_at == (now if due else None)


def test_the_escalation_names_the_owner_and_the_deadline_that_was_missed():
    owed = reminded()

    _, cause = follow_up.escalate(owed, progress=NOTHING_HEARD, now=NOW + 24 * HOUR)

    assert cause is not None
    assert (cause.colleague_id, cause.due_at) == (owed.owner_id, owed.respond_by)


def test_an_answer_after_the_reminder_spares_the_escalation():
    owed = reminded()
    progress = Progress(last_activity_at=NOW + 3 * HOUR)

    after, cause = follow_up.escalate(owed, progress=progress, now=NOW + 24 * HOUR)

    assert (after.answered_at, cause) == (NOW + 3 * HOUR, None)


def test_an_escalation_happens_once():
    owed, _ = follow_up.escalate(reminded(), progress=NOTHING_HEARD, now=NOW + 24 * HOUR)

    assert follow_up.escalate(owed, progress=NOTHING_HEARD, now=NOW + 48 * HOUR) == (owed, None)


def test_history_is_not_followed_up():
    owner = make.person("Anna", unit_id=uuid4())
    event = make.assigned(owner, uuid4(), respond_by=DEADLINE, history=True)

    assert follow_up.arm(event).respond_by is None


def test_nobody_owes_what_lies_in_a_pool():
    event = make.pooled(uuid4(), unit_id=uuid4())

    owed = follow_up.disarm(event)

    assert (owed.owner_id, owed.respond_by) == (None, None)
