"""Signing in with a password: who is let in, and how long somebody who guesses has to wait."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.refusals import Refused

FREE_FAILURES = 4
"""So many slips cost nothing; people mistype."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
SESSION_LASTS = timedelta(hours=8)


class SignInFailed(Refused):
    """The name or the password is wrong, or there were too many attempts.

    Try again after {retry_after} seconds; an operator can set a new password.
    """

    status = 401


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Failures in a row for one name, borne by somebody or not."""

    failures: int = 0
    failed_at: datetime
    locked_until: datetime


def is_locked(attempts: Attempts, *, now: datetime) -> bool:
    """True while even the right password is not looked at."""
    return now < attempts.locked_until


def failed_again(attempts: Attempts, *, now: datetime) -> Attempts:
    """One more failure: the wait doubles from the fifth on; a day of quiet forgets them all."""
    before = 0 if now - attempts.failed_at > FORGOTTEN_AFTER else attempts.failures
    failures = before + 1
    doublings = min(failures - FREE_FAILURES - 1, 20)
    wait = timedelta(0) if doublings < 0 else min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return replace(attempts, failures=failures, failed_at=now, locked_until=now + wait)
