"""For which organisations contacts speak."""

from collections.abc import Sequence
from datetime import datetime

from services.leads.domain.contact import Contact
from shared.db import Tx


async def save_all(tx: Tx, contacts: Sequence[Contact], *, now: datetime) -> None:
    """Let contacts speak for these organisations and no others; unit and owner are the customer's."""
    told = [
        (contact.id, customer_id, role)
        for contact in contacts
        for customer_id, role in contact.roles.items()
    ]
    await tx.execute(
        """
        WITH said AS (
            SELECT told.contact_id, customer.id AS customer_id, told.role,
                   customer.unit_id, customer.owner_id
              FROM unnest($2::uuid[], $3::uuid[], $4::text[])
                AS told (contact_id, customer_id, role)
              JOIN customer ON customer.id = told.customer_id
        ), gone AS (
            DELETE FROM contact_link AS link
             WHERE contact_id = ANY($1)
               AND NOT EXISTS (SELECT
                                 FROM said
                                WHERE said.contact_id = link.contact_id
                                  AND said.customer_id = link.customer_id)
        )
        INSERT INTO contact_link (contact_id, customer_id, role, unit_id, owner_id, linked_at)
        SELECT contact_id, customer_id, role, unit_id, owner_id, $5
          FROM said
            ON CONFLICT (contact_id, customer_id)
            DO UPDATE
           SET role = excluded.role
        """,
        [contact.id for contact in contacts],
        [contact_id for contact_id, _, _ in told],
        [customer_id for _, customer_id, _ in told],
        [role for _, _, role in told],
        now,
    )
