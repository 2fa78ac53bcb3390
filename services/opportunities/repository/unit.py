"""Units, as they are read in order to change them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.opportunities.domain.unit import Unit
from services.opportunities.repository import external
from shared.db import Tx


async def lock_tree(tx: Tx) -> None:
    """One change to the tree at a time, or two moves could close a circle."""
    await tx.execute("SELECT id FROM unit WHERE kind = 'enterprise' FOR UPDATE")


async def lock(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Unit]:
    """Those of the units that exist."""
    rows = await tx.fetch(
        """
        SELECT id, name, kind, parent_id, lead_person_id, regions, active,
               external_system, external_id, credit_code, calendar, merged_into, live_since,
               sequence
          FROM unit
         WHERE id = ANY($1::uuid[])
         ORDER BY id
           FOR UPDATE
        """,
        list(ids),
    )
    return {row["id"]: _unit(row) for row in rows}


async def below(tx: Tx, unit_id: UUID) -> frozenset[UUID]:
    """The unit itself and everything under it."""
    rows = await tx.fetch("SELECT unit FROM access_closure WHERE ancestor = $1", unit_id)
    return frozenset(row["unit"] for row in rows)


async def calendars(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of the calendars that units work by: their own or that of the nearest unit above."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (closure.unit) closure.unit, unit.calendar
          FROM access_closure AS closure
          JOIN unit ON unit.id = closure.ancestor
         WHERE closure.unit = ANY($1::uuid[])
           AND unit.calendar <> ''
         ORDER BY closure.unit,
                  (SELECT count(*) FROM access_closure AS above
                    WHERE above.unit = closure.ancestor) DESC
        """,
        list(unit_ids),
    )
    return {row["unit"]: row["calendar"] for row in rows}


async def right_below(tx: Tx, parent_id: UUID) -> list[UUID]:
    """The units that hang on another."""
    rows = await tx.fetch("SELECT id FROM unit WHERE parent_id = $1 ORDER BY id", parent_id)
    return [row["id"] for row in rows]


async def children(tx: Tx, parent_ids: Collection[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Which unit bears a name below a parent."""
    rows = await tx.fetch(
        "SELECT parent_id, name, id FROM unit WHERE parent_id = ANY($1::uuid[])", list(parent_ids)
    )
    return {(row["parent_id"], row["name"]): row["id"] for row in rows}


async def save(tx: Tx, units: Sequence[Unit], *, now: datetime) -> None:
    """Write units, new and known."""
    await tx.execute(
        """
        INSERT INTO unit (id, name, kind, parent_id, lead_person_id, regions, active,
                          external_system, external_id, credit_code, calendar, merged_into,
                          live_since, sequence, created_at)
        SELECT id, name, kind, parent_id, lead_person_id, regions, active,
               external_system, external_id, credit_code, calendar, merged_into, live_since,
               sequence, $2
          FROM jsonb_to_recordset($1)
            AS row (id uuid, name text, kind text, parent_id uuid, lead_person_id uuid,
                    regions text[], active boolean, external_system text, external_id text,
                    credit_code text, calendar text, merged_into uuid,
                    live_since timestamptz, sequence int)
            ON CONFLICT (id) DO UPDATE
           SET name = excluded.name,
               kind = excluded.kind,
               parent_id = excluded.parent_id,
               lead_person_id = excluded.lead_person_id,
               regions = excluded.regions,
               active = excluded.active,
               live_since = excluded.live_since,
               credit_code = excluded.credit_code,
               calendar = excluded.calendar,
               merged_into = excluded.merged_into,
               sequence = excluded.sequence
        """,
        [external.row_of(unit) for unit in units],
        now,
    )


def _unit(row: asyncpg.Record) -> Unit:
    return Unit(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        parent_id=row["parent_id"],
        lead_person_id=row["lead_person_id"],
        regions=tuple(row["regions"]),
        active=row["active"],
        external=external.id_of(row),
        live_since=row["live_since"],
        credit_code=row["credit_code"],
        calendar=row["calendar"],
        merged_into=row["merged_into"],
        sequence=row["sequence"],
    )
