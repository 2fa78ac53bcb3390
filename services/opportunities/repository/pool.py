"""Pools, as claims and returns need them."""

from uuid import UUID

from services.opportunities.domain.pool import LEAD_POOL, Pool
from shared.db import Tx


async def lead_pool(tx: Tx) -> Pool:
    """The pool that is always there."""
    return await of_id(tx, LEAD_POOL)


async def of_id(tx: Tx, pool_id: UUID) -> Pool:
    """A pool that something refers to."""
    row = await tx.fetchrow("SELECT id, name, unit_id FROM pool WHERE id = $1", pool_id)
    if row is None:
        raise LookupError(f"There is no pool {pool_id}: has the service been started once?")
    return Pool(id=row["id"], name=row["name"], unit_id=row["unit_id"])


async def serves(tx: Tx, pool: Pool, unit_id: UUID) -> bool:
    """True when a unit lies within the part of the enterprise that the pool is for."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM access_closure WHERE ancestor = $1 AND unit = $2)",
        pool.unit_id,
        unit_id,
    )


async def add(tx: Tx, pool: Pool) -> None:
    """Open a pool, unless it is there."""
    await tx.execute(
        "INSERT INTO pool (id, name, unit_id) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        pool.id,
        pool.name,
        pool.unit_id,
    )
