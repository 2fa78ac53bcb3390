"""Redirects of customers, and leads that are open again."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from shared.db import Tx


async def reopen_leads(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Leads can be worked on again, by whoever held them."""
    await tx.execute(
        """
        WITH opened AS (
            UPDATE lead_copy
               SET open = true
             WHERE id = ANY($1::uuid[])
        )
        UPDATE ownership
           SET open = true
         WHERE subject_kind = 'lead'
           AND subject_id = ANY($1::uuid[])
        """,
        lead_ids,
    )


async def redirect_customers(tx: Tx, redirects: Mapping[UUID, UUID | None]) -> None:
    """Let customers lead to others, or to themselves again."""
    await tx.execute(
        """
        UPDATE customer_copy
           SET merged_into = said.into_id
          FROM unnest($1::uuid[], $2::uuid[]) AS said (id, into_id)
         WHERE customer_copy.id = said.id
        """,
        list(redirects),
        list(redirects.values()),
    )


async def is_withdrawn(tx: Tx, customer_id: UUID) -> bool:
    """Whether the conversion that made the customer was undone; nothing begins with it meanwhile."""
    return bool(
        await tx.fetchval(
            "SELECT withdrawn FROM customer_copy WHERE id = $1 FOR SHARE", customer_id
        )
    )


async def going_on(tx: Tx, customer_id: UUID) -> UUID:
    """The customer that goes on for this one: itself, unless it is merged, perhaps more than once."""
    return await tx.fetchval("SELECT customer_going_on($1)", customer_id)


async def show_as_closed(tx: Tx, customer_ids: Collection[UUID]) -> None:
    """Nothing is left to do about merged customers themselves; their own are worked on again."""
    await tx.execute(
        """
        UPDATE ownership
           SET open = customer_copy.merged_into IS NULL AND NOT customer_copy.withdrawn
          FROM customer_copy
         WHERE ownership.subject_kind = 'customer'
           AND ownership.subject_id = customer_copy.id
           AND customer_copy.id = ANY($1::uuid[])
        """,
        list(customer_ids),
    )
