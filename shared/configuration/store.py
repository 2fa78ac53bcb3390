"""The table of versions: one function, one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from shared.db import Tx


async def lock(tx: Tx, kind: str) -> None:
    """One change of a kind at a time, until the transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('configuration ' || current_schema || $1, 0))",
        kind,
    )


async def in_force(tx: Tx, kind: str) -> asyncpg.Record | None:
    """The activated version."""
    return await tx.fetchrow(
        """
        SELECT kind, version, state, body, author_id, why, created_at, activated_at,
               activated_by, rehearsal_id
          FROM configuration
         WHERE kind = $1 AND state = 'activated'
        """,
        kind,
    )


async def one(tx: Tx, kind: str, version: int) -> asyncpg.Record | None:
    """One version."""
    return await tx.fetchrow(
        """
        SELECT kind, version, state, body, author_id, why, created_at, activated_at,
               activated_by, rehearsal_id
          FROM configuration
         WHERE kind = $1 AND version = $2
        """,
        kind,
        version,
    )


async def newest(tx: Tx, kind: str, *, limit: int) -> list[asyncpg.Record]:
    """Versions, newest first."""
    return await tx.fetch(
        """
        SELECT kind, version, state, author_id, why, created_at, activated_at,
               activated_by, rehearsal_id
          FROM configuration
         WHERE kind = $1
         ORDER BY version DESC
         LIMIT $2
        """,
        kind,
        limit,
    )


async def all_in_force(tx: Tx) -> list[asyncpg.Record]:
    """The activated version of every kind."""
    return await tx.fetch(
        """
        SELECT kind, version, state, author_id, why, created_at, activated_at,
               activated_by, rehearsal_id
          FROM configuration
         WHERE state = 'activated'
         ORDER BY kind
        """
    )


async def family_in_force(tx: Tx, family: str) -> list[asyncpg.Record]:
    """The activated version of every kind that begins like this."""
    return await tx.fetch(
        """
        SELECT kind, version, state, body, author_id, why, created_at, activated_at
          FROM configuration
         WHERE state = 'activated'
           AND starts_with(kind, $1)
         ORDER BY kind
        """,
        family,
    )


async def last_version(tx: Tx, kind: str) -> int:
    """The highest number given so far; 0 before the first."""
    return await tx.fetchval(
        "SELECT coalesce(max(version), 0) FROM configuration WHERE kind = $1", kind
    )


async def insert(
    tx: Tx,
    kind: str,
    version: int,
    body: Mapping[str, JsonValue],
    *,
    why: str,
    author_id: UUID | None,
) -> None:
    """A new draft."""
    await tx.execute(
        """
        INSERT INTO configuration (kind, version, state, body, author_id, why, created_at)
        VALUES ($1, $2, 'draft', $3, $4, $5, $6)
        """,
        kind,
        version,
        dict(body),
        author_id,
        why,
        tx.now,
    )


async def mark_checked(tx: Tx, kind: str, version: int) -> None:
    """The draft will do."""
    await tx.execute(
        "UPDATE configuration SET state = 'checked' WHERE kind = $1 AND version = $2",
        kind,
        version,
    )


async def mark_activated(
    tx: Tx, kind: str, version: int, *, rehearsal_id: UUID | None = None
) -> None:
    """The version is in force from now on."""
    await tx.execute(
        """
        UPDATE configuration
           SET state = 'activated', activated_at = $3, activated_by = $4, rehearsal_id = $5
         WHERE kind = $1 AND version = $2
        """,
        kind,
        version,
        tx.now,
        tx.actor_id,
        rehearsal_id,
    )


async def supersede(tx: Tx, kind: str) -> None:
    """The version in force so far is not any more."""
    await tx.execute(
        "UPDATE configuration SET state = 'superseded' WHERE kind = $1 AND state = 'activated'",
        kind,
    )


async def superseded_last(tx: Tx, kind: str) -> asyncpg.Record | None:
    """The version that was in force before the present one."""
    return await tx.fetchrow(
        """
        SELECT kind, version, state, body, author_id, why, created_at, activated_at,
               activated_by, rehearsal_id
          FROM configuration
         WHERE kind = $1 AND state = 'superseded'
         ORDER BY activated_at DESC, version DESC
         LIMIT 1
        """,
        kind,
    )


async def belongs_to(tx: Tx, person_id: UUID, units: Sequence[UUID]) -> bool:
    """True when the person's unit is one of these, or lies below one."""
    return await tx.fetchval(
        """
        SELECT EXISTS (
            SELECT
              FROM access_person
              LEFT JOIN access_closure ON access_closure.unit = access_person.unit_id
             WHERE access_person.person_id = $1
               AND (access_person.unit_id = ANY($2) OR access_closure.ancestor = ANY($2)))
        """,
        person_id,
        list(units),
    )
