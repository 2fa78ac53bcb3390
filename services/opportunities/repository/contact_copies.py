"""Own copies of who speaks for which customer; who they are stays in `leads`."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from shared.contracts.leads import ContactAdded, ContactLinked, ContactUnlinked
from shared.db import Tx


async def add(tx: Tx, contacts: Sequence[ContactAdded]) -> None:
    """Keep for which customer people speak first."""
    await tx.execute(
        """
        WITH said AS (
            SELECT id, customer_id, lead_id
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS said (id, customer_id, lead_id)
        ), linked AS (
            INSERT INTO contact_link (contact_id, customer_id)
            SELECT id, customer_id
              FROM said
                ON CONFLICT DO NOTHING
        )
        INSERT INTO contact_copy (id, customer_id, lead_id)
        SELECT id, customer_id, lead_id
          FROM said
            ON CONFLICT (id) DO NOTHING
        """,
        [contact.contact_id for contact in contacts],
        [contact.customer_id for contact in contacts],
        [contact.lead_id for contact in contacts],
    )


async def link(tx: Tx, said: Sequence[ContactLinked]) -> None:
    """Keep that people speak for one more customer."""
    await tx.execute(
        """
        INSERT INTO contact_link (contact_id, customer_id)
        SELECT *
          FROM unnest($1::uuid[], $2::uuid[])
            ON CONFLICT DO NOTHING
        """,
        [event.contact_id for event in said],
        [event.customer_id for event in said],
    )


async def unlink(tx: Tx, said: Sequence[ContactUnlinked]) -> None:
    """Keep that people do not speak for a customer any more."""
    await tx.execute(
        """
        DELETE FROM contact_link AS held
         USING unnest($1::uuid[], $2::uuid[]) AS gone (contact_id, customer_id)
         WHERE held.contact_id = gone.contact_id
           AND held.customer_id = gone.customer_id
        """,
        [event.contact_id for event in said],
        [event.customer_id for event in said],
    )


async def redirect(tx: Tx, redirects: Mapping[UUID, UUID | None]) -> None:
    """Let contacts lead to others, or to themselves again."""
    await tx.execute(
        """
        UPDATE contact_copy
           SET merged_into = said.into_id
          FROM unnest($1::uuid[], $2::uuid[]) AS said (id, into_id)
         WHERE contact_copy.id = said.id
        """,
        list(redirects),
        list(redirects.values()),
    )


async def reinstate(tx: Tx, contact_ids: Collection[UUID]) -> None:
    """Keep that these are contacts again."""
    await tx.execute(
        "UPDATE contact_copy SET withdrawn = false WHERE id = ANY($1::uuid[])", list(contact_ids)
    )


async def withdraw(tx: Tx, contact_ids: Collection[UUID]) -> None:
    """Keep that these are no contacts any more."""
    await tx.execute(
        "UPDATE contact_copy SET withdrawn = true WHERE id = ANY($1::uuid[])", list(contact_ids)
    )
