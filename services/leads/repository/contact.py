"""Contacts of customers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from asyncpg import Record

from services.leads.domain.bant import Bant
from services.leads.domain.contact import Contact
from services.leads.domain.identity import keys_of
from services.leads.domain.person import Person
from services.leads.domain.refusals import ContactNotFound
from services.leads.repository.keys import mark_of
from services.leads.repository.rows import (
    as_text,
    external_of,
    opened_row,
    place_of,
    sealed_columns,
)
from shared.db import Tx


async def lock(tx: Tx, contact_id: UUID) -> Contact:
    """One contact that the transaction may see, locked."""
    found = await lock_all(tx, [contact_id])
    if contact_id not in found:
        raise ContactNotFound(contact_id=contact_id)
    return found[contact_id]


async def lock_all(tx: Tx, contact_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Those of these contacts that the transaction may see and nobody has erased, in one fixed order."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, attributes, unit_id, owner_id,
               merged_into, withdrawn_at, added_at, external_system, external_id,
               (SELECT jsonb_object_agg(link.customer_id, link.role)
                  FROM contact_link AS link
                 WHERE link.contact_id = contact.id) AS roles
          FROM contact
         WHERE id = ANY($1)
           AND erased_at IS NULL
           AND ($2
                OR unit_id = ANY($3)
                OR owner_id = $4
                OR EXISTS (SELECT
                             FROM contact_link AS link
                            WHERE link.contact_id = contact.id
                              AND (link.unit_id = ANY($3) OR link.owner_id = $4)))
         ORDER BY id
           FOR UPDATE
        """,
        contact_ids,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return {row["id"]: contact_of(tx, row) for row in rows}


async def of_customer(tx: Tx, customer_id: UUID) -> Sequence[Contact]:
    """Who speaks for a customer; its locked row keeps the list from growing meanwhile."""
    return (await of_customers(tx, [customer_id]))[customer_id]


async def of_customers(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[Contact]]:
    """Who speaks for each of these customers, whose rows are locked."""
    rows = await tx.fetch(
        """
        SELECT link.customer_id AS served_id, id, sequence, contact.customer_id, lead_id, sealed,
               attributes, contact.unit_id, contact.owner_id, merged_into, withdrawn_at, added_at,
               external_system, external_id,
               (SELECT jsonb_object_agg(own.customer_id, own.role)
                  FROM contact_link AS own
                 WHERE own.contact_id = contact.id) AS roles
          FROM contact
          JOIN contact_link AS link ON link.contact_id = contact.id
         WHERE link.customer_id = ANY($1)
           AND merged_into IS NULL
           AND withdrawn_at IS NULL
           AND erased_at IS NULL
         ORDER BY added_at, id
        """,
        customer_ids,
    )
    found: dict[UUID, list[Contact]] = {customer_id: [] for customer_id in customer_ids}
    for row in rows:
        found[row["served_id"]].append(contact_of(tx, row))
    return found


async def erased(tx: Tx, contact_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these contacts whose person was erased."""
    rows = await tx.fetch(
        "SELECT id FROM contact WHERE id = ANY($1) AND erased_at IS NOT NULL", contact_ids
    )
    return frozenset(row["id"] for row in rows)


async def add_all(tx: Tx, contacts: Sequence[Contact]) -> None:
    """Store new contacts; for whom they speak is stored beside them."""
    await tx.execute(
        """
        INSERT INTO contact
               (id, sequence, customer_id, lead_id, external_system, external_id, sealed,
                phone_mark, mail_mark, attributes, unit_id, owner_id, added_at)
        SELECT id, sequence, customer_id, lead_id, external_system, external_id, sealed,
               phone_mark, mail_mark, attributes, unit_id, owner_id, added_at
          FROM jsonb_populate_recordset(NULL::contact, $1)
        """,
        [_row(tx, contact) for contact in contacts],
    )


async def save_all(tx: Tx, contacts: Sequence[Contact]) -> None:
    """Store what was decided about locked contacts; unit and owner are those of the customer."""
    await tx.execute(
        """
        UPDATE contact
           SET sequence = new.sequence,
               customer_id = new.customer_id,
               sealed = new.sealed,
               phone_mark = new.phone_mark,
               mail_mark = new.mail_mark,
               attributes = new.attributes,
               merged_into = new.merged_into,
               withdrawn_at = new.withdrawn_at,
               unit_id = customer.unit_id,
               owner_id = customer.owner_id
          FROM jsonb_populate_recordset(NULL::contact, $1) AS new
          JOIN customer ON customer.id = new.customer_id
         WHERE contact.id = new.id
        """,
        [_row(tx, contact) for contact in contacts],
    )


def contact_of(tx: Tx, row: Record) -> Contact:
    """The contact in a row, its person opened."""
    roles: Mapping[str, str] = row["roles"] or {}
    said = opened_row(tx, "contact", row)
    return Contact(
        id=row["id"],
        sequence=row["sequence"],
        customer_id=row["customer_id"],
        roles={UUID(customer_id): role for customer_id, role in roles.items()},
        lead_id=row["lead_id"],
        external=external_of(row),
        person=said.person,
        attributes={**row["attributes"], **said.attributes},
        unit_id=row["unit_id"],
        owner_id=row["owner_id"],
        merged_into=row["merged_into"],
        withdrawn_at=row["withdrawn_at"],
        added_at=row["added_at"],
    )


def marks_of_person(tx: Tx, person: Person) -> dict[str, str]:
    """By what a person is found: keyed hashes of a mobile number and of a mailbox."""
    return {key.kind: mark_of(tx, key) for key in keys_of(None, person)}


def _row(tx: Tx, contact: Contact) -> Mapping[str, object]:
    sealed, plain = sealed_columns(
        tx, place_of("contact", contact.id), contact.person, contact.attributes, Bant()
    )
    marks = marks_of_person(tx, contact.person)
    return {
        "id": contact.id,
        "sequence": contact.sequence,
        "customer_id": contact.customer_id,
        "lead_id": contact.lead_id,
        "external_system": contact.external and contact.external.system,
        "external_id": contact.external and contact.external.id,
        "sealed": as_text(sealed),
        "phone_mark": marks.get("phone"),
        "mail_mark": marks.get("mail"),
        "attributes": plain,
        "unit_id": contact.unit_id,
        "owner_id": contact.owner_id,
        "merged_into": contact.merged_into,
        "withdrawn_at": contact.withdrawn_at,
        "added_at": contact.added_at,
    }
