"""When people are out of office, as it is read in order to change it or to route by it."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.opportunities.domain.duty import Absence
from shared.db import Tx


async def of_person(tx: Tx, person_id: UUID, *, since: datetime) -> list[Absence]:
    """Those of a person that end after an instant; the person is locked."""
    rows = await tx.fetch(
        """
        SELECT id, person_id, starts_at, ends_at, stand_in_id, planned_by, sequence
          FROM absence
         WHERE person_id = $1
           AND ends_at > $2
         ORDER BY starts_at
        """,
        person_id,
        since,
    )
    return [_absence(row) for row in rows]


async def at(tx: Tx, now: datetime) -> dict[UUID, Absence]:
    """Who is out of office at an instant."""
    rows = await tx.fetch(
        """
        SELECT id, person_id, starts_at, ends_at, stand_in_id, planned_by, sequence
          FROM absence
         WHERE starts_at <= $1
           AND ends_at > $1
        """,
        now,
    )
    return {row["person_id"]: _absence(row) for row in rows}


async def between(tx: Tx, *, since: datetime, until: datetime) -> tuple[Absence, ...]:
    """Who was out of office in a window."""
    rows = await tx.fetch(
        """
        SELECT id, person_id, starts_at, ends_at, stand_in_id, planned_by, sequence
          FROM absence
         WHERE ends_at > $1
           AND starts_at < $2
        """,
        since,
        until,
    )
    return tuple(_absence(row) for row in rows)


async def lock(tx: Tx, absence_id: UUID) -> Absence | None:
    """One absence."""
    row = await tx.fetchrow(
        """
        SELECT id, person_id, starts_at, ends_at, stand_in_id, planned_by, sequence
          FROM absence
         WHERE id = $1
           FOR UPDATE
        """,
        absence_id,
    )
    return _absence(row) if row else None


async def save(tx: Tx, absence: Absence, *, now: datetime) -> None:
    """Write an absence, new or known."""
    await tx.execute(
        """
        INSERT INTO absence (id, person_id, starts_at, ends_at, stand_in_id, planned_by,
                             sequence, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE
           SET starts_at = excluded.starts_at,
               ends_at = excluded.ends_at,
               sequence = excluded.sequence
        """,
        absence.id,
        absence.person_id,
        absence.starts_at,
        absence.ends_at,
        absence.stand_in_id,
        absence.planned_by,
        absence.sequence,
        now,
    )


def _absence(row: Record) -> Absence:
    return Absence(**row)
