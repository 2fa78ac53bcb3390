from datetime import timedelta

import pytest

from services.opportunities.domain.session import LONGEST_WAIT, Attempts, failed_again, is_locked
from tests.opportunities.domain.owners import NOW


@pytest.mark.parametrize(
    ("before", "seconds"),
    [(0, 0), (3, 0), (4, 2), (5, 4), (8, 32), (100, LONGEST_WAIT.total_seconds())],
)
def test_the_wait_doubles_from_the_fifth_failure_on(before: int, seconds: float):
    attempts = Attempts(failures=before, failed_at=NOW, locked_until=NOW)

    failed = failed_again(attempts, now=NOW)

    assert failed.locked_until - NOW == timedelta(seconds=seconds)


def test_a_day_of_quiet_forgets_all_failures():
    attempts = Attempts(failures=30, failed_at=NOW, locked_until=NOW)

    assert failed_again(attempts, now=NOW + timedelta(days=1, seconds=1)).failures == 1


def test_a_lock_ends_on_the_second():
    attempts = Attempts(failures=9, failed_at=NOW, locked_until=NOW)

    assert is_locked(attempts, now=NOW - timedelta(seconds=1))
    assert not is_locked(attempts, now=NOW)
