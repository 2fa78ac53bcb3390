"""The day of a next step is over when the next one begins where the work is done."""

from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain import next_step
from services.notifications.domain.next_step import NextStep
from services.notifications.domain.progress import NOTHING_HEARD, Progress
from tests.notifications.make import NOW, SECOND

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_BEGINS = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
DAY_ENDS = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)


def step(due_on: date | None = date(2026, 3, 5)) -> NextStep:
    return next_step.say("opportunity", uuid4(), due_on=due_on, said_at=NOW, zone=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(DAY_ENDS - SECOND, False, id="the day's last second"),
        pytest.param(DAY_ENDS, True, id="the next day's first second"),
    ],
)
def test_the_owner_is_asked_when_the_day_is_over_in_their_zone(now: datetime, due: bool):
    after, cause = next_step.remind(step(), progress=NOTHING_HEARD, now=now)

    assert (cause is not None) == due
    assert after.reminded_at == (now if due else None)


@pytest.mark.parametrize(
    ("done_at", "kept"),
    [
        pytest.param(DAY_BEGINS - SECOND, False, id="the day before"),
        pytest.param(DAY_BEGINS, True, id="as the day began"),
        pytest.param(DAY_ENDS + SECOND, True, id="a little late"),
    ],
)
def test_an_activity_on_the_day_or_later_is_the_step(done_at: datetime, kept: bool):
    progress = Progress(last_activity_at=done_at)

    after, cause = next_step.remind(step(), progress=progress, now=datetime(2026, 3, 9, tzinfo=UTC))

    assert (cause is None) == kept
    assert after.reminded_at is not None


@pytest.mark.parametrize("day", [None, date.max], ids=["nothing planned", "the end of all days"])
def test_a_day_that_never_ends_is_never_asked_for(day: date | None):
    planned = step(day)

    assert next_step.remind(planned, progress=NOTHING_HEARD, now=DAY_ENDS) == (planned, None)


def test_a_deal_that_is_closed_is_not_asked_about():
    progress = Progress(closed_at=NOW)

    _, cause = next_step.remind(step(), progress=progress, now=DAY_ENDS)

    assert cause is None
