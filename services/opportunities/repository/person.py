"""Members of staff, as they are read in order to change them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.person import Person
from services.opportunities.repository import external
from shared.contracts.opportunities import Shift
from shared.db import Tx


async def lock(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Those of the people who exist; references to them are not held up."""
    rows = await tx.fetch(
        """
        SELECT id, username, name, email, language, unit_id, roles, industries, products, skills, languages, level, shifts, weight,
               daily_cap, open_cap, active, external_system, external_id, sequence
          FROM person
         WHERE id = ANY($1::uuid[])
         ORDER BY id
           FOR NO KEY UPDATE
        """,
        list(ids),
    )
    return {row["id"]: _person(row) for row in rows}


async def of_unit(tx: Tx, unit_id: UUID) -> list[UUID]:
    """Who belongs to a unit itself."""
    rows = await tx.fetch("SELECT id FROM person WHERE unit_id = $1 ORDER BY id", unit_id)
    return [row["id"] for row in rows]


async def usernames_like(tx: Tx, bases: Collection[str]) -> frozenset[str]:
    """Usernames that begin with one of these."""
    rows = await tx.fetch(
        "SELECT username FROM person WHERE username LIKE ANY($1::text[])",
        [f"{base}%" for base in bases],
    )
    return frozenset(row["username"] for row in rows)


async def count_other_operators(tx: Tx, person_id: UUID, *, root: UUID) -> int:
    """Active operators of the enterprise besides this person."""
    return await tx.fetchval(
        """
        SELECT count(*)
          FROM person
         WHERE unit_id = $2
           AND active
           AND 'operator' = ANY(roles)
           AND id <> $1
        """,
        person_id,
        root,
    )


async def is_operator(tx: Tx, actor_id: UUID) -> bool:
    """True for a person or a program that looks after the directory at present."""
    return await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM access_person
                        WHERE person_id = $1 AND active AND 'operator' = ANY(roles))
            OR EXISTS (SELECT FROM access_client
                        WHERE client_id = $1 AND active AND 'operator' = ANY(roles))
        """,
        actor_id,
    )


async def active_owners(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Owner]:
    """Those who are there to own something, with the units that answer for it."""
    rows = await tx.fetch(
        "SELECT id, unit_id FROM person WHERE id = ANY($1::uuid[]) AND active", list(ids)
    )
    return {row["id"]: Owner(person_id=row["id"], unit_id=row["unit_id"]) for row in rows}


async def owners(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Owner]:
    """Everybody by these ids, whether or not they are still there: history has owners who left."""
    rows = await tx.fetch("SELECT id, unit_id FROM person WHERE id = ANY($1::uuid[])", list(ids))
    return {row["id"]: Owner(person_id=row["id"], unit_id=row["unit_id"]) for row in rows}


async def save(tx: Tx, people: Sequence[Person], *, now: datetime) -> None:
    """Write people, new and known."""
    await tx.execute(
        """
        INSERT INTO person (id, username, name, email, language, unit_id, roles, industries, products, skills, languages, level, shifts,
                            weight, daily_cap, open_cap, active, external_system, external_id,
                            sequence, created_at)
        SELECT id, username, name, email, language, unit_id, roles, industries, products, skills, languages, level, shifts,
               weight, daily_cap, open_cap, active, external_system, external_id, sequence, $2
          FROM jsonb_to_recordset($1)
            AS row (id uuid, username text, name text, email text, language text, unit_id uuid,
                    roles text[], industries text[], products text[], skills text[],
                    languages text[], level int, shifts jsonb, weight numeric, daily_cap int, open_cap int, active boolean, external_system text, external_id text,
                    sequence int)
            ON CONFLICT (id) DO UPDATE
           SET username = excluded.username,
               name = excluded.name,
               email = excluded.email,
               language = excluded.language,
               unit_id = excluded.unit_id,
               roles = excluded.roles,
               industries = excluded.industries,
               products = excluded.products,
               skills = excluded.skills,
               languages = excluded.languages,
               level = excluded.level,
               shifts = excluded.shifts,
               weight = excluded.weight,
               daily_cap = excluded.daily_cap,
               open_cap = excluded.open_cap,
               active = excluded.active,
               sequence = excluded.sequence
        """,
        [_row(person) for person in people],
        now,
    )


def _row(person: Person) -> dict[str, Any]:
    shifts = [shift.model_dump(mode="json") for shift in person.shifts]
    return {**external.row_of(person), "shifts": shifts}


def _person(row: asyncpg.Record) -> Person:
    return Person(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        email=row["email"],
        language=row["language"],
        unit_id=row["unit_id"],
        roles=tuple(row["roles"]),
        industries=tuple(row["industries"]),
        products=tuple(row["products"]),
        skills=tuple(row["skills"]),
        languages=tuple(row["languages"]),
        level=row["level"],
        shifts=tuple(Shift.model_validate(shift) for shift in row["shifts"]),
        weight=float(row["weight"]),
        daily_cap=row["daily_cap"],
        open_cap=row["open_cap"],
        active=row["active"],
        external=external.id_of(row),
        sequence=row["sequence"],
    )
