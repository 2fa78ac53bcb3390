"""Signing in with a name and a password."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.opportunities.domain import session
from services.opportunities.domain.session import Attempts, SignInFailed
from services.opportunities.repository import session as sessions
from shared import audit, passwords
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who has proved to be who they say."""

    person_id: UUID
    valid_for: timedelta


async def sign_in(
    tx: Tx, *, username: str, password: str, now: datetime
) -> SignedIn | SignInFailed:
    """Check a password. A failure is an answer, not an exception: it has to be remembered.

    Whatever is wrong, the answer and the work behind it are the same, so that nobody learns which
    names exist.
    """
    name = username.strip().lower()
    digest = hashlib.sha256(name.encode()).digest()
    if not await sessions.try_alone(tx, digest):
        return SignInFailed(retry_after=1)
    attempts = await sessions.attempts(tx, digest) or Attempts(failed_at=now, locked_until=now)
    account = await sessions.account(tx, name)
    if session.is_locked(attempts, now=now):
        return SignInFailed(retry_after=_seconds(attempts.locked_until - now))

    matches = await passwords.verify_password(password, account.password_hash if account else None)
    if account is None or not matches:
        failed = session.failed_again(attempts, now=now)
        await sessions.note_failure(tx, digest, failed)
        return SignInFailed(retry_after=_seconds(failed.locked_until - now))

    await sessions.forget_failures(tx, digest, now=now)
    await audit.record(
        tx, action="person.signed_in", subject_kind="person", subject_id=account.person_id
    )
    return SignedIn(person_id=account.person_id, valid_for=session.SESSION_LASTS)


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
