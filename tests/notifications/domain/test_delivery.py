"""Tries again with growing pauses, gives up in the end, and keeps within what the robot may send."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.notifications.domain import delivery
from services.notifications.domain.delivery import RETRY_AFTER, Attempt, Budget
from tests.notifications.make import NOW, SECOND


@pytest.mark.parametrize("number", range(1, len(RETRY_AFTER) + 1))
def test_a_failed_attempt_is_repeated_after_its_pause(number: int):
    attempt = Attempt(message_id=uuid4(), number=number)

    result = delivery.not_sent(attempt, reason="busy", retry=True, now=NOW)

    assert (result.state, result.next_at) == ("due", NOW + RETRY_AFTER[number - 1])


@pytest.mark.parametrize(
    ("number", "retry"),
    [
        pytest.param(len(RETRY_AFTER) + 1, True, id="after the last pause"),
        pytest.param(1, False, id="refused for good"),
    ],
)
def test_a_message_that_cannot_arrive_is_dead_and_says_why(number: int, retry: bool):
    attempt = Attempt(message_id=uuid4(), number=number)

    result = delivery.not_sent(attempt, reason="no such address", retry=retry, now=NOW)

    assert (result.state, result.error) == ("failed", "no such address")


def test_the_robot_never_sends_more_than_twenty_messages_in_any_minute():
    sent: list[datetime] = []
    budget = Budget(tokens=0, filled_at=NOW - timedelta(days=1))
    for second in range(600):
        now = NOW + second * SECOND
        budget = delivery.refill(budget, now=now)
        messages = int(budget.tokens)
        budget = delivery.spend(budget, messages)
        sent += [now] * messages

    busiest = max(
        sum(start <= moment < start + timedelta(minutes=1) for moment in sent) for start in sent
    )

    assert busiest <= 20
    assert len(sent) >= 150


def test_a_clock_that_jumps_back_only_delays_the_robot():
    budget = delivery.refill(Budget(tokens=1, filled_at=NOW), now=NOW - timedelta(hours=1))

    assert budget == Budget(tokens=1, filled_at=NOW)
