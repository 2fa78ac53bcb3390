"""Pools, as claims and returns need them."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.opportunities.domain.pool import Facts, Pool, PoolPolicy
from shared.contracts.base import SubjectKind
from shared.db import Tx


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


async def open_all(tx: Tx, pools: Collection[Pool]) -> None:
    """Pools that something is put in are there, and where their configuration says."""
    await tx.execute(
        """
        INSERT INTO pool (id, name, unit_id)
        SELECT id, name, unit_id
          FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS row (id, name, unit_id)
         ORDER BY id
            ON CONFLICT (id) DO UPDATE
           SET unit_id = excluded.unit_id
         WHERE pool.unit_id <> excluded.unit_id
        """,
        [pool.id for pool in pools],
        [pool.name for pool in pools],
        [pool.unit_id for pool in pools],
    )


async def above(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Each unit with all that it lies in, itself too."""
    rows = await tx.fetch(
        "SELECT unit, ancestor FROM access_closure WHERE unit = ANY($1::uuid[])", list(unit_ids)
    )
    found: dict[UUID, set[UUID]] = {unit_id: {unit_id} for unit_id in unit_ids}
    for row in rows:
        found[row["unit"]].add(row["ancestor"])
    return found


async def facts(tx: Tx, kind: SubjectKind, ids: Collection[UUID]) -> dict[UUID, Facts]:
    """What pools may ask of leads or customers."""
    rows = await tx.fetch(
        """
        SELECT lead.id, 'lead' AS kind, lead.region, lead.industry, '' AS level,
               coalesce(product.code, '') AS product, lead.grade
          FROM lead_copy AS lead
          LEFT JOIN product ON product.id = lead.product_id
         WHERE $1 = 'lead'
           AND lead.id = ANY($2::uuid[])
         UNION ALL
        SELECT id, 'customer', region, industry, level, '', ''
          FROM customer_copy
         WHERE $1 = 'customer'
           AND id = ANY($2::uuid[])
        """,
        kind,
        list(ids),
    )
    return {
        row["id"]: Facts(**{name: row[name] for name in row.keys() if name != "id"})  # noqa: SIM118
        for row in rows
    }


async def has_open_deals(tx: Tx, customer_id: UUID) -> bool:
    """Whether something is being sold to the customer."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM deal WHERE customer_id = $1 AND status = 'open')", customer_id
    )


async def count_held(tx: Tx, person_id: UUID, *, kind: SubjectKind) -> int:
    """How many open records of a kind somebody has."""
    return await tx.fetchval(
        """
        SELECT count(*)
          FROM ownership
         WHERE owner_id = $1
           AND subject_kind = $2
           AND open
        """,
        person_id,
        kind,
    )


async def untouched(
    tx: Tx,
    policy: PoolPolicy,
    *,
    since: datetime,
    today: date,
    to_warn: bool,
    now: datetime,
    limit: int,
) -> list[UUID]:
    """What nobody has touched since, of what the pool is for; of those to be warned, who were not yet.

    On hold, planned for a day to come, or with open deals is not untouched.
    """
    only = policy.only
    rows = await tx.fetch(
        """
        SELECT ownership.id
          FROM ownership
          LEFT JOIN lead_copy AS lead
                 ON $1 = 'lead' AND lead.id = ownership.subject_id
          LEFT JOIN product ON product.id = lead.product_id
          LEFT JOIN customer_copy AS customer
                 ON $1 = 'customer' AND customer.id = ownership.subject_id
         WHERE ownership.subject_kind = $1
           AND ownership.owner_id IS NOT NULL
           AND ownership.open
           AND NOT ownership.history
           AND greatest(ownership.since, coalesce(ownership.last_activity_at, ownership.since)) < $2
           AND ownership.unit_id IN (SELECT unit FROM access_closure WHERE ancestor = $3)
           AND (ownership.hold_until IS NULL OR ownership.hold_until <= $4)
           AND (NOT $5 OR ownership.warned_at IS NULL
                OR ownership.warned_at < greatest(ownership.since, ownership.last_activity_at))
           AND (cardinality($6::text[]) = 0
                OR coalesce(lead.region, customer.region) = ANY($6))
           AND (cardinality($7::text[]) = 0
                OR coalesce(lead.industry, customer.industry) = ANY($7))
           AND (cardinality($8::text[]) = 0 OR customer.level = ANY($8))
           AND (cardinality($9::text[]) = 0 OR product.code = ANY($9))
           AND (cardinality($10::text[]) = 0 OR lead.grade = ANY($10))
           AND NOT EXISTS (SELECT FROM activity
                            WHERE activity.subject_kind = ownership.subject_kind
                              AND activity.subject_id = ownership.subject_id
                              AND activity.next_step_on >= $11)
           AND NOT EXISTS (SELECT FROM deal
                            WHERE $1 = 'customer'
                              AND deal.customer_id = ownership.subject_id
                              AND deal.status = 'open')
         ORDER BY greatest(ownership.since, coalesce(ownership.last_activity_at, ownership.since))
         LIMIT $12
           FOR UPDATE OF ownership SKIP LOCKED
        """,
        policy.subject,
        since,
        policy.unit_id,
        now,
        to_warn,
        *(
            sorted(named)
            for named in (only.regions, only.industries, only.levels, only.products, only.grades)
        ),
        today,
        limit,
    )
    return [row["id"] for row in rows]


async def note_warned(tx: Tx, ownership_ids: Collection[UUID], *, now: datetime) -> None:
    """Their owners know."""
    await tx.execute(
        "UPDATE ownership SET warned_at = $2 WHERE id = ANY($1::uuid[])", list(ownership_ids), now
    )


async def hold(tx: Tx, ownership_id: UUID, *, until: datetime | None, reason: str) -> None:
    """Let the clocks of something stand still until then, or run again."""
    await tx.execute(
        "UPDATE ownership SET hold_until = $2, hold_reason = $3 WHERE id = $1",
        ownership_id,
        until,
        reason,
    )


async def held_since(
    tx: Tx, kind: SubjectKind, *, until: datetime, now: datetime, limit: int
) -> list[asyncpg.Record]:
    """What people hold of a kind, with when it was touched and for which days something was planned.

    On hold, or with open deals, is not played: it does not go back whatever the rules.
    """
    return await tx.fetch(
        """
        SELECT ownership.subject_id, ownership.owner_id, ownership.unit_id, ownership.since,
               array(SELECT done_at
                       FROM activity
                      WHERE activity.subject_kind = ownership.subject_kind
                        AND activity.subject_id = ownership.subject_id
                      ORDER BY done_at, id) AS touches,
               array(SELECT next_step_on
                       FROM activity
                      WHERE activity.subject_kind = ownership.subject_kind
                        AND activity.subject_id = ownership.subject_id
                      ORDER BY done_at, id) AS planned
          FROM ownership
         WHERE subject_kind = $1
           AND owner_id IS NOT NULL
           AND open
           AND NOT history
           AND since < $2
           AND (hold_until IS NULL OR hold_until <= $3)
           AND NOT EXISTS (SELECT FROM deal
                            WHERE $1 = 'customer'
                              AND deal.customer_id = ownership.subject_id
                              AND deal.status = 'open')
         ORDER BY since, id
         LIMIT $4
        """,
        kind,
        until,
        now,
        limit,
    )
