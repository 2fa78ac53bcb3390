"""Collisions and registrations, and what a new one meets."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.opportunities.domain.collision import Collision, Side
from services.opportunities.domain.registration import Registration
from shared.db import Tx


class About(NamedTuple):
    """What is known of a customer whose new deal may meet something."""

    region: str = ""
    industry: str = ""
    core: str = ""
    """Its name as people mean it."""


async def lock_registrations(tx: Tx) -> None:
    """One registration at a time looks what it meets, and no deal meanwhile: names are compared, not ids."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('registrations ' || current_schema))")


async def lock_customer(tx: Tx, customer_id: UUID) -> None:
    """One new deal of a customer at a time looks what it meets, and no registration meanwhile."""
    await tx.execute(
        """
        SELECT pg_advisory_xact_lock_shared(hashtext('registrations ' || current_schema)),
               pg_advisory_xact_lock(hashtextextended('collisions ' || $1::text, 0))
        """,
        str(customer_id),
    )


async def deals_met(
    tx: Tx, customer_id: UUID, *, product_line: str | None, besides: UUID | None, since: datetime
) -> list[Side]:
    """Open deals with the customer, for the product line if one is given, the first that was opened first.

    A deal that does not say what is sold meets every product line.
    """
    rows = await tx.fetch(
        """
        SELECT 'opportunity' AS kind, deal.id, deal.owner_id, deal.unit_id
          FROM deal
          LEFT JOIN product ON product.id = deal.product_id
         WHERE deal.customer_id IN (SELECT id FROM customer_copy WHERE merged_into = $1
                                     UNION ALL SELECT $1)
           AND deal.status = 'open'
           AND deal.opened_at >= $4
           AND ($3::uuid IS NULL OR deal.id <> $3)
           AND ($2::text IS NULL OR $2 = '' OR coalesce(product.series, '') IN ('', $2))
         ORDER BY deal.opened_at, deal.id
        """,
        customer_id,
        product_line,
        besides,
        since,
    )
    return [Side(**row) for row in rows]


async def registrations_met(
    tx: Tx, *, customer_id: UUID | None, company_core: str, product_line: str | None
) -> list[Side]:
    """Registrations that protect the customer or somebody of the same name, the first that was made first."""
    rows = await tx.fetch(
        """
        SELECT 'registration' AS kind, id, owner_id, unit_id
          FROM registration
         WHERE state = 'protected'
           AND (customer_id = $1 OR ($2 <> '' AND company_core = $2))
           AND ($3::text IS NULL OR $3 = '' OR product_line IN ('', $3))
         ORDER BY registered_at, id
        """,
        customer_id,
        company_core,
        product_line,
    )
    return [Side(**row) for row in rows]


async def projects_protected(tx: Tx, *, product_line: str | None) -> list[tuple[Side, str]]:
    """Registrations that name a project, for its name to be compared."""
    rows = await tx.fetch(
        """
        SELECT 'registration' AS kind, id, owner_id, unit_id, project
          FROM registration
         WHERE state = 'protected'
           AND project <> ''
           AND ($1::text IS NULL OR $1 = '' OR product_line IN ('', $1))
         ORDER BY registered_at, id
        """,
        product_line,
    )
    return [
        (
            Side(**{name: row[name] for name in ("kind", "id", "owner_id", "unit_id")}),
            row["project"],
        )
        for row in rows
    ]


async def about_customer(tx: Tx, customer_id: UUID) -> About:
    """What is known of a customer."""
    row = await tx.fetchrow(
        "SELECT region, industry, company_core AS core FROM customer_copy WHERE id = $1",
        customer_id,
    )
    return About(**row) if row else About()


async def company_of(tx: Tx, customer_id: UUID) -> str | None:
    """The name of a customer."""
    return await tx.fetchval("SELECT name FROM customer_copy WHERE id = $1", customer_id)


async def add(tx: Tx, found: Sequence[Collision]) -> None:
    """Write new collisions."""
    await tx.execute(
        """
        INSERT INTO collision
        SELECT *
          FROM jsonb_populate_recordset(NULL::collision, $1)
            ON CONFLICT (deal_id, other_id) DO NOTHING
        """,
        [asdict(collision) for collision in found],
    )


async def lock(tx: Tx, collision_id: UUID) -> Collision | None:
    """One collision."""
    row = await tx.fetchrow(
        """
        SELECT id, deal_id, other_kind, other_id, customer_id, product_line, region, industry,
               owner_id, unit_id, other_owner_id, other_unit_id, state, outcome, reason,
               ruled_by, ruled_at, appeal, appealed_by, opened_at, sequence
          FROM collision
         WHERE id = $1
           FOR UPDATE
        """,
        collision_id,
    )
    return Collision(**row) if row else None


async def save(tx: Tx, held: Collision) -> None:
    """Write a collision that is locked."""
    await tx.execute(
        """
        UPDATE collision
           SET state = $2, outcome = $3, reason = $4, ruled_by = $5, ruled_at = $6, appeal = $7,
               appealed_by = $8, sequence = $9
         WHERE id = $1
        """,
        held.id,
        held.state,
        held.outcome,
        held.reason,
        held.ruled_by,
        held.ruled_at,
        held.appeal,
        held.appealed_by,
        held.sequence,
    )


async def holding(tx: Tx, deal_id: UUID) -> UUID | None:
    """The collision for which a deal does not move: it is not ruled on, or the other side has won."""
    async with tx.as_service():
        return await tx.fetchval(
            """
            SELECT id
              FROM collision
             WHERE (deal_id = $1 AND (state <> 'ruled' OR outcome = 'incumbent'))
                OR (other_id = $1 AND state = 'ruled' AND outcome = 'newcomer')
             ORDER BY opened_at
             LIMIT 1
            """,
            deal_id,
        )


async def lock_registration(tx: Tx, registration_id: UUID) -> Registration | None:
    """One registration."""
    row = await tx.fetchrow(
        """
        SELECT id, customer_id, company_name, company_core, project, product_line, owner_id,
               unit_id, state, conflicts, protected_until, extensions, opportunity_id, decided_by,
               decision, registered_at, lead_id, sequence
          FROM registration
         WHERE id = $1
           FOR UPDATE
        """,
        registration_id,
    )
    return _registration(row) if row else None


async def over(tx: Tx, *, now: datetime, limit: int) -> list[Registration]:
    """Registrations whose time is up."""
    rows = await tx.fetch(
        """
        SELECT id, customer_id, company_name, company_core, project, product_line, owner_id,
               unit_id, state, conflicts, protected_until, extensions, opportunity_id, decided_by,
               decision, registered_at, lead_id, sequence
          FROM registration
         WHERE state = 'protected'
           AND protected_until <= $1
         ORDER BY protected_until
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_registration(row) for row in rows]


async def save_registrations(tx: Tx, registrations: Collection[Registration]) -> None:
    """Write registrations, new and known."""
    await tx.execute(
        """
        INSERT INTO registration
               (id, customer_id, company_name, company_core, project, product_line, owner_id, unit_id,
                state, conflicts, protected_until, extensions, opportunity_id, decided_by, decision,
                registered_at, lead_id, sequence)
        SELECT id, customer_id, company_name, company_core, project, product_line, owner_id, unit_id,
               state, conflicts, protected_until, extensions, opportunity_id, decided_by, decision,
               registered_at, lead_id, sequence
          FROM jsonb_populate_recordset(NULL::registration, $1)
            ON CONFLICT (id) DO UPDATE
           SET state = excluded.state,
               protected_until = excluded.protected_until,
               extensions = excluded.extensions,
               opportunity_id = excluded.opportunity_id,
               decided_by = excluded.decided_by,
               decision = excluded.decision,
               sequence = excluded.sequence
        """,
        [asdict(registration) for registration in registrations],
    )


def _registration(row: asyncpg.Record) -> Registration:
    conflicts = tuple((kind, UUID(other)) for kind, other in row["conflicts"])
    return Registration(**{**dict(row), "conflicts": conflicts})
