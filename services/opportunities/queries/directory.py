"""The directory as it is shown, each list within the caller's scope, the newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.opportunities.repository import external
from services.opportunities.schemas.client import ClientOut
from services.opportunities.schemas.person import AbsenceOut, PersonOut
from services.opportunities.schemas.product import ProductOut
from services.opportunities.schemas.unit import ChartUnit, LegalEntityOut, UnitOut, VersionOut
from shared.db import Tx
from shared.web import PageRequest


async def unit(tx: Tx, unit_id: UUID) -> UnitOut | None:
    """One unit."""
    row = await tx.fetchrow(
        """
        SELECT id, name, kind, parent_id, lead_person_id, regions, active,
               external_system, external_id, credit_code, calendar, merged_into, live_since, sequence, created_at
          FROM unit
         WHERE id = $1
           AND ($2 OR id = ANY($3::uuid[]))
        """,
        unit_id,
        tx.scope.everything,
        tx.scope.units,
    )
    return UnitOut.model_validate(_shown(row)) if row else None


async def units(tx: Tx, page: PageRequest) -> list[UnitOut]:
    """Units the caller may see."""
    rows = await tx.fetch(
        """
        SELECT id, name, kind, parent_id, lead_person_id, regions, active,
               external_system, external_id, credit_code, calendar, merged_into, live_since, sequence, created_at
          FROM unit
         WHERE ($1 OR id = ANY($2::uuid[]))
           AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $5
        """,
        tx.scope.everything,
        tx.scope.units,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [UnitOut.model_validate(_shown(row)) for row in rows]


async def legal_entities(tx: Tx, page: PageRequest) -> list[LegalEntityOut]:
    """Those of our legal entities that sign: everybody who sells may know them."""
    rows = await tx.fetch(
        """
        SELECT id, name, credit_code, regions, created_at
          FROM unit
         WHERE kind = 'legal_entity'
           AND active
           AND ($1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $3
        """,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [LegalEntityOut.model_validate(dict(row)) for row in rows]


async def person(tx: Tx, person_id: UUID) -> PersonOut | None:
    """One member of staff."""
    row = await tx.fetchrow(
        """
        SELECT id, username, name, email, language, unit_id, roles, industries, products, skills, languages, level, shifts,
               weight::float8 AS weight, daily_cap, open_cap, active,
               external_system, external_id, sequence, created_at
          FROM person
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]) OR id = $4)
        """,
        person_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return PersonOut.model_validate(_shown(row)) if row else None


async def people(
    tx: Tx, page: PageRequest, *, unit_id: UUID | None, username: str | None, active: bool | None
) -> list[PersonOut]:
    """Members of staff the caller may see; a unit includes those below it."""
    rows = await tx.fetch(
        """
        SELECT id, username, name, email, language, unit_id, roles, industries, products, skills, languages, level, shifts,
               weight::float8 AS weight, daily_cap, open_cap, active,
               external_system, external_id, sequence, created_at
          FROM person
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR id = $3)
           AND ($4::uuid IS NULL
                OR unit_id IN (SELECT unit FROM access_closure WHERE ancestor = $4))
           AND ($5::text IS NULL OR username = $5)
           AND ($6::boolean IS NULL OR active = $6)
           AND ($7::timestamptz IS NULL OR (created_at, id) < ($7, $8::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $9
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        unit_id,
        username,
        active,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [PersonOut.model_validate(_shown(row)) for row in rows]


async def absence(tx: Tx, absence_id: UUID) -> AbsenceOut | None:
    """One absence of somebody the caller may see."""
    row = await tx.fetchrow(
        """
        SELECT absence.id, absence.person_id, absence.starts_at, absence.ends_at,
               absence.stand_in_id, absence.planned_by, absence.created_at
          FROM absence
          JOIN person ON person.id = absence.person_id
         WHERE absence.id = $1
           AND ($2 OR person.unit_id = ANY($3::uuid[]) OR person.id = $4)
        """,
        absence_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return AbsenceOut.model_validate(dict(row)) if row else None


async def absences(tx: Tx, page: PageRequest, *, person_id: UUID) -> list[AbsenceOut]:
    """When somebody the caller may see is out of office, the latest first."""
    rows = await tx.fetch(
        """
        SELECT absence.id, absence.person_id, absence.starts_at, absence.ends_at,
               absence.stand_in_id, absence.planned_by, absence.created_at
          FROM absence
          JOIN person ON person.id = absence.person_id
         WHERE absence.person_id = $1
           AND ($2 OR person.unit_id = ANY($3::uuid[]) OR person.id = $4)
           AND ($5::timestamptz IS NULL OR (absence.starts_at, absence.id) < ($5, $6::uuid))
         ORDER BY absence.starts_at DESC, absence.id DESC
         LIMIT $7
        """,
        person_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [AbsenceOut.model_validate(dict(row)) for row in rows]


async def versions(tx: Tx, record_id: UUID) -> list[VersionOut]:
    """How a unit or a person was, the latest first; whether the reader may see it is asked before."""
    rows = await tx.fetch(
        """
        SELECT sequence, body, defined_by, defined_at, why
          FROM directory_version
         WHERE record_id = $1
         ORDER BY sequence DESC
         LIMIT 500
        """,
        record_id,
    )
    return [VersionOut.model_validate(dict(row)) for row in rows]


async def chart(tx: Tx, at: datetime) -> list[ChartUnit]:
    """The units of the caller's part as they were at an instant, with how many people each had."""
    rows = await tx.fetch(
        """
        WITH known AS (
            SELECT DISTINCT ON (kind, record_id) kind, record_id, body
              FROM directory_version
             WHERE kind IN ('unit', 'person')
               AND defined_at <= $1
             ORDER BY kind, record_id, defined_at DESC, sequence DESC
        )
        SELECT unit.record_id AS id, unit.body->>'name' AS name, unit.body->>'kind' AS kind,
               (unit.body->>'parent_id')::uuid AS parent_id,
               (unit.body->>'merged_into')::uuid AS merged_into,
               (unit.body->>'active')::boolean AS active,
               (SELECT count(*) FROM known AS person
                 WHERE person.kind = 'person'
                   AND (person.body->>'unit_id')::uuid = unit.record_id
                   AND (person.body->>'active')::boolean) AS people
          FROM known AS unit
         WHERE unit.kind = 'unit'
           AND ($2 OR unit.record_id = ANY($3::uuid[]))
         ORDER BY unit.record_id
        """,
        at,
        tx.scope.everything,
        tx.scope.units,
    )
    return [ChartUnit.model_validate(dict(row)) for row in rows]


async def product(tx: Tx, product_id: UUID) -> ProductOut | None:
    """One product; everybody may see all of them."""
    row = await tx.fetchrow(
        """
        SELECT id, code, name, series, list_price, currency, active,
               external_system, external_id, sequence, created_at
          FROM product
         WHERE id = $1
        """,
        product_id,
    )
    return ProductOut.model_validate(_shown(row)) if row else None


async def products(tx: Tx, page: PageRequest, *, active: bool | None) -> list[ProductOut]:
    """What can be sold."""
    rows = await tx.fetch(
        """
        SELECT id, code, name, series, list_price, currency, active,
               external_system, external_id, sequence, created_at
          FROM product
         WHERE ($1::boolean IS NULL OR active = $1)
           AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $4
        """,
        active,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [ProductOut.model_validate(_shown(row)) for row in rows]


async def client(tx: Tx, client_id: UUID) -> ClientOut | None:
    """One program."""
    row = await tx.fetchrow(
        """
        SELECT id, name, unit_id, roles, key_version, active, sequence, created_at
          FROM client
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]))
        """,
        client_id,
        tx.scope.everything,
        tx.scope.units,
    )
    return ClientOut.model_validate(dict(row)) if row else None


async def clients(tx: Tx, page: PageRequest) -> list[ClientOut]:
    """Programs that may call."""
    rows = await tx.fetch(
        """
        SELECT id, name, unit_id, roles, key_version, active, sequence, created_at
          FROM client
         WHERE ($1 OR unit_id = ANY($2::uuid[]))
           AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $5
        """,
        tx.scope.everything,
        tx.scope.units,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [ClientOut.model_validate(dict(row)) for row in rows]


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "external": external.id_of(row)}
