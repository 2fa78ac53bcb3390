"""Programs with API keys, as they are read in order to change them."""

from datetime import datetime
from uuid import UUID

from services.opportunities.domain.client import Client
from shared.db import Tx


async def lock(tx: Tx, client_id: UUID) -> Client | None:
    """The program, if there is one."""
    row = await tx.fetchrow(
        """
        SELECT id, name, unit_id, roles, key_version, active, sequence
          FROM client
         WHERE id = $1
           FOR UPDATE
        """,
        client_id,
    )
    if row is None:
        return None
    return Client(
        id=row["id"],
        name=row["name"],
        unit_id=row["unit_id"],
        roles=tuple(row["roles"]),
        key_version=row["key_version"],
        active=row["active"],
        sequence=row["sequence"],
    )


async def save(tx: Tx, client: Client, *, now: datetime) -> None:
    """Write a program, new or known."""
    await tx.execute(
        """
        INSERT INTO client (id, name, unit_id, roles, key_version, active, sequence, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE
           SET name = excluded.name,
               unit_id = excluded.unit_id,
               roles = excluded.roles,
               key_version = excluded.key_version,
               active = excluded.active,
               sequence = excluded.sequence
        """,
        client.id,
        client.name,
        client.unit_id,
        list(client.roles),
        client.key_version,
        client.active,
        client.sequence,
        now,
    )
