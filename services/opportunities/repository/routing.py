"""What a batch of choices is made from, and where it is remembered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.opportunities.domain.routing import Territory
from services.opportunities.domain.turns import Candidate
from shared.contracts.opportunities import Shift
from shared.db import Tx


class ReceiptRow(NamedTuple):
    """A receipt on its way to the table."""

    id: UUID
    ownership_id: UUID
    rules_version: int
    owner_id: UUID | None
    body: Mapping[str, Any]


async def territories(tx: Tx) -> list[Territory]:
    """All units that are there, with the regions they serve."""
    rows = await tx.fetch("SELECT id, name, regions FROM unit WHERE active ORDER BY id")
    return [
        Territory(id=row["id"], name=row["name"], regions=tuple(row["regions"])) for row in rows
    ]


class Someone(NamedTuple):
    """A candidate, and when they work by themselves."""

    candidate: Candidate
    shifts: tuple[Shift, ...]


async def sellers_below(tx: Tx, unit_ids: Collection[UUID]) -> list[tuple[UUID, Someone]]:
    """The sellers of these units and of those below, each with the unit that was asked for."""
    rows = await tx.fetch(
        """
        SELECT closure.ancestor, person.id, person.unit_id, person.weight, person.active,
               person.industries, person.products, person.skills, person.languages, person.level,
               person.shifts, person.daily_cap, person.open_cap
          FROM access_closure AS closure
          JOIN person ON person.unit_id = closure.unit
         WHERE closure.ancestor = ANY($1::uuid[])
           AND 'seller' = ANY(person.roles)
         ORDER BY person.id
        """,
        list(unit_ids),
    )
    return [
        (row["ancestor"], Someone(candidate(row), tuple(map(Shift.model_validate, row["shifts"]))))
        for row in rows
    ]


async def people(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Candidate]:
    """People who are named apart from any rule."""
    rows = await tx.fetch(
        """
        SELECT id, unit_id, weight, active, industries, products, skills, languages, level,
               daily_cap, open_cap
          FROM person
         WHERE id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: candidate(row) for row in rows}


async def lock_rotations(tx: Tx, keys: Collection[str]) -> dict[str, dict[UUID, int]]:
    """What everybody is owed in these rotations, which stay ours until the transaction ends."""
    ordered = sorted(keys)
    await tx.execute(
        """
        INSERT INTO rotation (key)
        SELECT key FROM unnest($1::text[]) AS wanted (key) ORDER BY key
            ON CONFLICT (key) DO NOTHING
        """,
        ordered,
    )
    rows = await tx.fetch(
        "SELECT key, deficits FROM rotation WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE",
        ordered,
    )
    return {
        row["key"]: {UUID(person): owed for person, owed in row["deficits"].items()} for row in rows
    }


async def save_rotations(tx: Tx, deficits: Mapping[str, Mapping[UUID, int]]) -> None:
    """Remember what everybody is owed now."""
    await tx.execute(
        """
        UPDATE rotation
           SET deficits = now.deficits
          FROM unnest($1::text[], $2::jsonb[]) AS now (key, deficits)
         WHERE rotation.key = now.key
        """,
        list(deficits),
        [{str(person): owed for person, owed in team.items()} for team in deficits.values()],
    )


async def lock_people(tx: Tx, ids: Collection[UUID]) -> None:
    """Let nobody else count or fill these people's caps meanwhile."""
    await tx.execute(
        "SELECT id FROM person WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(ids)
    )


async def count_held(tx: Tx, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many open leads each of them holds; people with none are left out."""
    rows = await tx.fetch(
        """
        SELECT owner_id, count(*) AS held
          FROM ownership
         WHERE subject_kind = 'lead'
           AND open
           AND owner_id = ANY($1::uuid[])
         GROUP BY owner_id
        """,
        list(person_ids),
    )
    return {row["owner_id"]: row["held"] for row in rows}


async def count_taken(tx: Tx, person_ids: Collection[UUID], *, day: date) -> dict[UUID, int]:
    """How many leads each of them was given or took on a day; people with none are left out."""
    rows = await tx.fetch(
        "SELECT person_id, taken FROM intake WHERE person_id = ANY($1::uuid[]) AND day = $2",
        list(person_ids),
        day,
    )
    return {row["person_id"]: row["taken"] for row in rows}


async def results(
    tx: Tx, person_ids: Collection[UUID], *, since: date
) -> dict[UUID, tuple[int, int]]:
    """How many deals each has won since a day, and how many won or lost; people with none are left out."""
    rows = await tx.fetch(
        """
        SELECT owner_id, count(*) FILTER (WHERE status = 'won') AS won, count(*) AS closed
          FROM deal
         WHERE owner_id = ANY($1::uuid[])
           AND status IN ('won', 'lost')
           AND closed_on >= $2
         GROUP BY owner_id
        """,
        list(person_ids),
        since,
    )
    return {row["owner_id"]: (row["won"], row["closed"]) for row in rows}


async def add_taken(tx: Tx, taken: Mapping[UUID, int], *, day: date) -> None:
    """Count leads towards their takers' day."""
    await tx.execute(
        """
        INSERT INTO intake (person_id, day, taken)
        SELECT person_id, $3, taken
          FROM unnest($1::uuid[], $2::int[]) AS more (person_id, taken)
         ORDER BY person_id
            ON CONFLICT (person_id, day) DO UPDATE
           SET taken = intake.taken + excluded.taken
        """,
        list(taken),
        list(taken.values()),
        day,
    )


async def add_receipts(tx: Tx, receipts: Sequence[ReceiptRow], *, now: datetime) -> None:
    """Keep why."""
    await tx.execute(
        """
        INSERT INTO receipt (id, ownership_id, rules_version, owner_id, body, decided_at)
        SELECT id, ownership_id, rules_version, owner_id, body, $6
          FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::json[])
            AS new (id, ownership_id, rules_version, owner_id, body)
        """,
        [receipt.id for receipt in receipts],
        [receipt.ownership_id for receipt in receipts],
        [receipt.rules_version for receipt in receipts],
        [receipt.owner_id for receipt in receipts],
        [receipt.body for receipt in receipts],
        now,
    )


def candidate(row: asyncpg.Record) -> Candidate:
    """Somebody as routing knows them."""
    return Candidate(
        person_id=row["id"],
        unit_id=row["unit_id"],
        weight=int(row["weight"] * 1000),
        active=row["active"],
        industries=tuple(row["industries"]),
        products=tuple(row["products"]),
        skills=tuple(row["skills"]),
        languages=tuple(row["languages"]),
        level=row["level"],
        daily_cap=row["daily_cap"],
        open_cap=row["open_cap"],
    )
