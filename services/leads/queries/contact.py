"""Contacts, as far as the reader may see them."""

from uuid import UUID

from services.leads.domain.refusals import ContactNotFound
from services.leads.queries.persons import shown_to
from services.leads.schemas.contact import ContactOut
from shared.db import Tx
from shared.web import Page, PageRequest


async def contact_page(tx: Tx, *, customer_id: UUID | None, page: PageRequest) -> Page[ContactOut]:
    """Contacts, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, unit_id, owner_id, added_at
          FROM contact
         WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
           AND ($4::uuid IS NULL
                OR customer_id = $4
                OR customer_id IN (SELECT id FROM customer WHERE merged_into = $4))
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
    found = [ContactOut.model_validate({**row, **shown_to(tx, "contact", row)}) for row in rows]
    return page.page(found, sort=lambda one: (one.added_at, one.id))


async def contact(tx: Tx, contact_id: UUID) -> ContactOut:
    """One contact."""
    row = await tx.fetchrow(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, unit_id, owner_id, added_at
          FROM contact
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
        """,
        contact_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise ContactNotFound(contact_id=contact_id)
    return ContactOut.model_validate({**row, **shown_to(tx, "contact", row)})
