"""Leads, customers and contacts as records that may have duplicates."""

from collections.abc import Collection, Mapping
from uuid import UUID

from asyncpg import Record as Row

from services.leads.domain.duplicates import Record, Subject
from services.leads.domain.matching import fields
from services.leads.domain.refusals import DuplicateNotFound
from services.leads.domain.scoring import Signal
from services.leads.repository.rows import opened_row
from shared.db import Tx


async def records(tx: Tx, subjects: Collection[Subject]) -> dict[Subject, Record]:
    """Those of these records that exist."""
    rows = await tx.fetch(
        """
        SELECT 'lead' AS kind, id, sealed, company_name, credit_code, region, attributes,
               ARRAY[customer_id, contact_id] AS related,
               state NOT IN ('open', 'qualified') AS is_over
          FROM lead
         WHERE id = ANY($1)
           AND state NOT IN ('merged', 'withdrawn')
           AND erased_at IS NULL
         UNION ALL
        SELECT 'customer', id, NULL, name, credit_code, region, attributes, ARRAY[lead_id], false
          FROM customer
         WHERE id = ANY($2)
           AND merged_into IS NULL
           AND withdrawn_at IS NULL
         UNION ALL
        SELECT 'contact', contact.id, contact.sealed, customer.name, '', customer.region, '{}',
               ARRAY[contact.customer_id, contact.lead_id], false
          FROM contact
          JOIN customer ON customer.id = contact.customer_id
         WHERE contact.id = ANY($3)
           AND contact.erased_at IS NULL
           AND contact.merged_into IS NULL
           AND contact.withdrawn_at IS NULL
        """,
        *(
            [subject.id for subject in subjects if subject.kind == kind]
            for kind in ("lead", "customer", "contact")
        ),
    )
    found = [_record(tx, row) for row in rows]
    return {record.subject: record for record in found}


def _record(tx: Tx, row: Row) -> Record:
    said = opened_row(tx, row["kind"], row)
    attributes: Mapping[str, Signal] = {**row["attributes"], **said.attributes}
    person = fields.of_person(said.person)
    if row["kind"] == "customer":
        measured = {name: attributes.get(name, "") for name in ("phone", "address")}
        person = {**person, **measured}
    related: list[UUID | None] = row["related"]
    return Record(
        subject=Subject(row["kind"], row["id"]),
        fields={
            **person,
            "company_name": row["company_name"],
            "credit_code": row["credit_code"],
            "region": row["region"],
            **{f"attributes.{name}": value for name, value in attributes.items()},
        },
        related=frozenset(other for other in related if other is not None),
        is_over=row["is_over"],
    )


async def older_first(tx: Tx, one: UUID, other: UUID) -> tuple[UUID | None, UUID | None]:
    """Which of two leads goes on when the rules join them: the converted, the owned, the older.

    Nobody, where both have owners who are not the same, or where one was let go, so that the other
    began anew: that is for people to settle.
    """
    rows = await tx.fetch(
        """
        SELECT id, owner_id
          FROM lead
         WHERE id = ANY($1)
           AND state <> 'merged'
           AND NOT let_go
         ORDER BY (state = 'converted') DESC, (owner_id IS NOT NULL) DESC, captured_at, id
        """,
        [one, other],
    )
    owners = {row["owner_id"] for row in rows} - {None}
    if len(rows) < 2 or len(owners) > 1:
        return None, None
    return rows[0]["id"], rows[1]["id"]


async def refuse_unless_seen(tx: Tx, one: Subject, other: Subject, *, pair_id: UUID) -> None:
    """A pair is shown, and decided, by those who may see both of its records."""
    seen = await tx.fetchval(
        """
        SELECT count(*)
          FROM party
         WHERE id = ANY($1)
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
        """,
        [one.id, other.id],
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if seen < 2:
        raise DuplicateNotFound(duplicate_id=pair_id)
