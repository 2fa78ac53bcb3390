"""What identity providers know people and units by."""

from datetime import datetime
from uuid import UUID

from shared.db import Tx


async def note(
    tx: Tx, resource_id: UUID, *, external_id: str | None, gone: bool = False, now: datetime
) -> None:
    """Remember by which id the identity provider knows it, and whether it has taken it away."""
    await tx.execute(
        """
        INSERT INTO provisioned (id, external_id, changed_at, deleted_at)
        VALUES ($1, $2, $3::timestamptz, CASE WHEN $4 THEN $3::timestamptz END)
            ON CONFLICT (id) DO UPDATE
           SET external_id = excluded.external_id,
               changed_at = excluded.changed_at,
               deleted_at = excluded.deleted_at
        """,
        resource_id,
        external_id,
        now,
        gone,
    )


async def gone_person(tx: Tx, username: str) -> UUID | None:
    """Somebody of this name whom an identity provider took away: they may come back."""
    return await tx.fetchval(
        """
        SELECT person.id
          FROM person
          JOIN provisioned USING (id)
         WHERE username = $1
           AND deleted_at IS NOT NULL
        """,
        username,
    )


async def people_of(tx: Tx, unit_id: UUID) -> set[UUID]:
    """Who belongs to a unit itself, but whom an identity provider took away."""
    rows = await tx.fetch(
        """
        SELECT person.id
          FROM person
          LEFT JOIN provisioned USING (id)
         WHERE unit_id = $1
           AND deleted_at IS NULL
        """,
        unit_id,
    )
    return {row["id"] for row in rows}
