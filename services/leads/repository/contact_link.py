"""For which organisations contacts speak."""

from datetime import datetime

from services.leads.domain.contact import Contact
from shared.db import Tx


async def save(tx: Tx, contact: Contact, *, now: datetime) -> None:
    """Let a contact speak for these organisations and no others; unit and owner are the customer's."""
    await tx.execute(
        """
        WITH said AS (
            SELECT customer.id AS customer_id, roles.value AS role,
                   customer.unit_id, customer.owner_id
              FROM jsonb_each_text($2) AS roles
              JOIN customer ON customer.id = roles.key::uuid
        ), gone AS (
            DELETE FROM contact_link
             WHERE contact_id = $1
               AND customer_id NOT IN (SELECT customer_id FROM said)
        )
        INSERT INTO contact_link (contact_id, customer_id, role, unit_id, owner_id, linked_at)
        SELECT $1, customer_id, role, unit_id, owner_id, $3
          FROM said
            ON CONFLICT (contact_id, customer_id)
            DO UPDATE
           SET role = excluded.role
        """,
        contact.id,
        {str(customer_id): role for customer_id, role in contact.roles.items()},
        now,
    )
