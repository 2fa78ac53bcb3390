"""Passwords and failed sign-ins. Names that were tried are kept as digests only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.opportunities.domain.session import FORGOTTEN_AFTER, Attempts
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who may sign in with a password."""

    person_id: UUID
    password_hash: str


async def try_alone(tx: Tx, name_digest: bytes) -> bool:
    """False while another attempt for the same name is being looked at."""
    return await tx.fetchval(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 0))",
        name_digest,
    )


async def attempts(tx: Tx, name_digest: bytes) -> Attempts | None:
    """Failures in a row for a name."""
    row = await tx.fetchrow(
        "SELECT failures, failed_at, locked_until FROM sign_in_failure WHERE name_digest = $1",
        name_digest,
    )
    if row is None:
        return None
    return Attempts(
        failures=row["failures"], failed_at=row["failed_at"], locked_until=row["locked_until"]
    )


async def note_failure(tx: Tx, name_digest: bytes, failed: Attempts) -> None:
    """Remember a failure."""
    await tx.execute(
        """
        INSERT INTO sign_in_failure (name_digest, failures, failed_at, locked_until)
        VALUES ($1, $2, $3, $4)
            ON CONFLICT (name_digest) DO UPDATE
           SET failures = excluded.failures,
               failed_at = excluded.failed_at,
               locked_until = excluded.locked_until
        """,
        name_digest,
        failed.failures,
        failed.failed_at,
        failed.locked_until,
    )


async def forget_failures(tx: Tx, name_digest: bytes, *, now: datetime) -> None:
    """Forget this name's failures, and some of those that count for nothing any more."""
    await tx.execute(
        """
        DELETE FROM sign_in_failure
         WHERE name_digest = $1
            OR name_digest IN (SELECT name_digest
                                 FROM sign_in_failure
                                WHERE failed_at < $2
                                LIMIT 100
                                  FOR UPDATE SKIP LOCKED)
        """,
        name_digest,
        now - FORGOTTEN_AFTER,
    )


async def account(tx: Tx, username: str) -> Account | None:
    """The active person of this name who has a password."""
    row = await tx.fetchrow(
        """
        SELECT person.id, credential.password_hash
          FROM person
          JOIN credential ON credential.person_id = person.id
         WHERE person.username = $1
           AND person.active
        """,
        username,
    )
    if row is None:
        return None
    return Account(person_id=row["id"], password_hash=row["password_hash"])


async def save_password(tx: Tx, person_id: UUID, *, password_hash: str, now: datetime) -> None:
    """Set somebody's password."""
    await tx.execute(
        """
        INSERT INTO credential (person_id, password_hash, set_at)
        VALUES ($1, $2, $3)
            ON CONFLICT (person_id) DO UPDATE
           SET password_hash = excluded.password_hash,
               set_at = excluded.set_at
        """,
        person_id,
        password_hash,
        now,
    )
