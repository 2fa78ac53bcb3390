"""Contacts, as far as the reader may see them."""

from uuid import UUID

from asyncpg import Record

from services.leads.domain import masking
from services.leads.domain.refusals import ContactNotFound
from services.leads.queries.persons import is_owner, shown
from services.leads.repository.rows import opened_row
from services.leads.schemas.contact import ContactOut
from shared.db import Tx
from shared.web import Page, PageRequest


async def contact_page(tx: Tx, *, customer_id: UUID | None, page: PageRequest) -> Page[ContactOut]:
    """Contacts, the newest first; of one customer, everybody who speaks for it."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, attributes, unit_id, owner_id,
               merged_into, withdrawn_at, added_at, served.organisations, served.is_own
          FROM contact
         CROSS JOIN LATERAL (
               SELECT jsonb_agg(jsonb_build_object('customer_id', link.customer_id, 'role', link.role)
                                ORDER BY link.linked_at, link.customer_id) AS organisations,
                      bool_or(link.owner_id = $3) AS is_own
                 FROM contact_link AS link
                WHERE link.contact_id = contact.id
                  AND ($1 OR link.unit_id = ANY($2) OR link.owner_id = $3)
               ) AS served
         WHERE ($1 OR id IN (SELECT contact_id
                               FROM contact_link
                              WHERE unit_id = ANY($2) OR owner_id = $3))
           AND merged_into IS NULL
           AND withdrawn_at IS NULL
           AND ($4::uuid IS NULL
                OR id IN (SELECT link.contact_id
                            FROM contact_link AS link
                            JOIN customer ON customer.id = link.customer_id
                           WHERE $4 IN (customer.id, customer.merged_into)))
           AND ($5::timestamptz IS NULL OR (added_at, id) < ($5, $6::uuid))
         ORDER BY added_at DESC, id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        customer_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    found = [_shown(tx, row) for row in rows]
    return page.page(found, sort=lambda one: (one.added_at, one.id))


async def contact(tx: Tx, contact_id: UUID) -> ContactOut:
    """One contact."""
    row = await tx.fetchrow(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, attributes, unit_id, owner_id,
               merged_into, withdrawn_at, added_at, served.organisations, served.is_own
          FROM contact
         CROSS JOIN LATERAL (
               SELECT jsonb_agg(jsonb_build_object('customer_id', link.customer_id, 'role', link.role)
                                ORDER BY link.linked_at, link.customer_id) AS organisations,
                      bool_or(link.owner_id = $4) AS is_own
                 FROM contact_link AS link
                WHERE link.contact_id = contact.id
                  AND ($2 OR link.unit_id = ANY($3) OR link.owner_id = $4)
               ) AS served
         WHERE id = $1
           AND served.organisations IS NOT NULL
        """,
        contact_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise ContactNotFound(contact_id=contact_id)
    return _shown(tx, row)


def _shown(tx: Tx, row: Record) -> ContactOut:
    """Whoever owns one of the organisations is an owner of the contact."""
    said = opened_row(tx, "contact", row)
    mine = bool(row["is_own"]) or is_owner(tx, row)
    personal = said.attributes if mine else dict.fromkeys(said.attributes, masking.HIDDEN)
    attributes = {**row["attributes"], **personal}
    return ContactOut.model_validate(
        {**row, "attributes": attributes, **shown(said, is_owner=mine)}
    )
