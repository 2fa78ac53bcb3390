"""Contacts of customers."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.leads.domain.contact import Contact
from services.leads.domain.identity import keys_of
from services.leads.domain.person import Person
from services.leads.repository.keys import mark_of
from services.leads.repository.rows import Sealed, opened_row, place_of, seal
from shared.db import Tx


async def of_customer(tx: Tx, customer_id: UUID) -> Sequence[Contact]:
    """Who speaks for a customer; its locked row keeps the list from growing meanwhile."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, unit_id, owner_id, added_at
          FROM contact
         WHERE customer_id = $1
           AND erased_at IS NULL
         ORDER BY added_at, id
        """,
        customer_id,
    )
    return [contact_of(tx, row) for row in rows]


def contact_of(tx: Tx, row: Record) -> Contact:
    """The contact in a row, its person opened."""
    return Contact(
        id=row["id"],
        sequence=row["sequence"],
        customer_id=row["customer_id"],
        lead_id=row["lead_id"],
        person=opened_row(tx, "contact", row).person,
        unit_id=row["unit_id"],
        owner_id=row["owner_id"],
        added_at=row["added_at"],
    )


async def add(tx: Tx, contact: Contact) -> None:
    """Store a new contact."""
    marks = marks_of_person(tx, contact.person)
    await tx.execute(
        """
        INSERT INTO contact
               (id, sequence, customer_id, lead_id, sealed, phone_mark, mail_mark, unit_id,
                owner_id, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        contact.id,
        contact.sequence,
        contact.customer_id,
        contact.lead_id,
        seal(tx, place_of("contact", contact.id), Sealed(person=contact.person)),
        marks.get("phone"),
        marks.get("mail"),
        contact.unit_id,
        contact.owner_id,
        contact.added_at,
    )


def marks_of_person(tx: Tx, person: Person) -> dict[str, str]:
    """By what a person is found: keyed hashes of a mobile number and of a mailbox."""
    return {key.kind: mark_of(tx, key) for key in keys_of(None, person)}
