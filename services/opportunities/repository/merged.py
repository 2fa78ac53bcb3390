"""Redirects of customers, and leads that are open again."""

from collections.abc import Mapping, Sequence
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


async def going_on(tx: Tx, customer_id: UUID) -> UUID:
    """The customer that goes on for this one: itself, unless it is merged, perhaps more than once."""
    return await tx.fetchval(
        """
        WITH RECURSIVE road AS (
            SELECT $1::uuid AS id, 0 AS steps
             UNION ALL
            SELECT customer_copy.merged_into, road.steps + 1
              FROM road
              JOIN customer_copy ON customer_copy.id = road.id
             WHERE customer_copy.merged_into IS NOT NULL
               AND road.steps < 100
        )
        SELECT id
          FROM road
         ORDER BY steps DESC
         LIMIT 1
        """,
        customer_id,
    )
