"""Contacts of customers."""

from collections.abc import Sequence
from uuid import UUID

from services.leads.domain.contact import Contact
from services.leads.repository.rows import person_of
from shared.db import Tx


async def of_customer(tx: Tx, customer_id: UUID) -> Sequence[Contact]:
    """Who speaks for a customer; its locked row keeps the list from growing meanwhile."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, name, phone, phone_kind, mail, address, notes,
               unit_id, owner_id, added_at
          FROM contact
         WHERE customer_id = $1
         ORDER BY added_at, id
        """,
        customer_id,
    )
    return [
        Contact(
            id=row["id"],
            sequence=row["sequence"],
            customer_id=row["customer_id"],
            lead_id=row["lead_id"],
            person=person_of(row),
            unit_id=row["unit_id"],
            owner_id=row["owner_id"],
            added_at=row["added_at"],
        )
        for row in rows
    ]


async def add(tx: Tx, contact: Contact) -> None:
    """Store a new contact."""
    phone = contact.person.phone
    await tx.execute(
        """
        INSERT INTO contact
               (id, sequence, customer_id, lead_id, name, phone, phone_kind, mail, address, notes,
                unit_id, owner_id, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        contact.id,
        contact.sequence,
        contact.customer_id,
        contact.lead_id,
        contact.person.name,
        phone.number if phone else None,
        phone.kind if phone else None,
        contact.person.mail,
        contact.person.address,
        contact.person.notes,
        contact.unit_id,
        contact.owner_id,
        contact.added_at,
    )
