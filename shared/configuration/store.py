"""The table of versions: one function, one statement."""

from collections.abc import Mapping

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
        SELECT kind, version, state, body, author_id, why, created_at, activated_at
          FROM configuration
         WHERE kind = $1 AND state = 'activated'
        """,
        kind,
    )


async def one(tx: Tx, kind: str, version: int) -> asyncpg.Record | None:
    """One version."""
    return await tx.fetchrow(
        """
        SELECT kind, version, state, body, author_id, why, created_at, activated_at
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
        SELECT kind, version, state, body, author_id, why, created_at, activated_at
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
        SELECT kind, version, state, body, author_id, why, created_at, activated_at
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
    tx: Tx, kind: str, version: int, body: Mapping[str, JsonValue], *, why: str
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
        tx.actor_id,
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


async def mark_activated(tx: Tx, kind: str, version: int) -> None:
    """The version is in force from now on."""
    await tx.execute(
        """
        UPDATE configuration
           SET state = 'activated', activated_at = $3
         WHERE kind = $1 AND version = $2
        """,
        kind,
        version,
        tx.now,
    )


async def supersede(tx: Tx, kind: str) -> None:
    """The version in force so far is not any more."""
    await tx.execute(
        "UPDATE configuration SET state = 'superseded' WHERE kind = $1 AND state = 'activated'",
        kind,
    )
