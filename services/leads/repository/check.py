"""Duplicate checks: who asked, how often, and whose the records are that were found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record as Row

from services.leads.domain.disclosure import Taken
from services.leads.domain.duplicates import Subject
from services.leads.domain.identity import Key
from services.leads.repository.keys import marks_of
from shared.db import Tx
from shared.ids import new_id


async def lock_count_today(tx: Tx, person_id: UUID, *, since: datetime) -> int:
    """How many questions a person has asked since then; another of theirs waits for this one."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('duplicate check ' || $1::text, 0))",
        str(person_id),
    )
    return await tx.fetchval(
        "SELECT count(*) FROM duplicate_check WHERE person_id = $1 AND checked_at >= $2",
        person_id,
        since,
    )


async def held_by_keys(tx: Tx, keys: Sequence[Key], company_key: str) -> list[Subject]:
    """The lead that goes by one of these keys, and the customer that bears this name."""
    marks = marks_of(tx, keys)
    rows = await tx.fetch(
        """
        SELECT 'lead' AS kind, held.lead_id AS id
          FROM unnest($1::text[], $2::text[]) AS asked (kind, value)
          JOIN lead_identity AS held ON held.kind = asked.kind AND held.value = asked.value
         UNION
        SELECT 'customer', customer_id
          FROM customer_name
         WHERE company_key = $3
        """,
        [key.kind for key in marks],
        list(marks.values()),
        company_key,
    )
    return [Subject(row["kind"], row["id"]) for row in rows]


async def holders(tx: Tx, subjects: Collection[Subject]) -> dict[UUID, Row]:
    """Whose these records are, in names, and whether an open deal came of them."""
    rows = await tx.fetch(
        """
        SELECT party.id, party.owner_id, coalesce(unit.name, '') AS team,
               coalesce(person.name, '') AS owner, holding.protected_until,
               EXISTS (SELECT FROM deal
                        WHERE deal.status = 'open'
                          AND (deal.lead_id = party.id OR deal.customer_id = party.id)) AS has_open_deal
          FROM party
          LEFT JOIN access_unit AS unit ON unit.unit_id = party.unit_id
          LEFT JOIN access_person AS person ON person.person_id = party.owner_id
          LEFT JOIN holding ON holding.subject_kind = party.kind AND holding.subject_id = party.id
         WHERE party.id = ANY($1)
        """,
        [subject.id for subject in subjects],
    )
    return {row["id"]: row for row in rows}


async def note(
    tx: Tx,
    *,
    person_id: UUID,
    fields: Sequence[str],
    answer: Taken,
    about: Subject | None,
    policy_version: int,
    now: datetime,
) -> UUID:
    """Keep that somebody asked, and how much was disclosed."""
    check_id = new_id()
    await tx.execute(
        """
        INSERT INTO duplicate_check (id, person_id, checked_at, fields, answer, subject_kind,
                                     subject_id, policy_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        check_id,
        person_id,
        now,
        list(fields),
        answer,
        about.kind if about else None,
        about.id if about else None,
        policy_version,
    )
    return check_id
