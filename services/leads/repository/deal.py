"""Deals that came of leads."""

from collections.abc import Sequence
from uuid import UUID

from services.leads.domain.ownership import DealHeard
from shared.db import Tx


async def save(tx: Tx, deals: Sequence[DealHeard]) -> None:
    """Write down how deals stand; only the first event of a deal says whose it is."""
    await tx.execute(
        """
        INSERT INTO deal AS held (opportunity_id, lead_id, customer_id, status)
        SELECT opportunity_id, lead_id, customer_id, status
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
            AS new (opportunity_id, lead_id, customer_id, status)
         ORDER BY opportunity_id
            ON CONFLICT (opportunity_id)
            DO UPDATE
           SET lead_id = coalesce(held.lead_id, excluded.lead_id),
               customer_id = coalesce(held.customer_id, excluded.customer_id),
               status = excluded.status
        """,
        [deal.opportunity_id for deal in deals],
        [deal.lead_id for deal in deals],
        [deal.customer_id for deal in deals],
        [deal.status for deal in deals],
    )


async def show_on_leads(tx: Tx, opportunity_ids: Sequence[UUID]) -> None:
    """Let each lead show what became of its deal."""
    await tx.execute(
        """
        UPDATE lead
           SET opportunity_id = deal.opportunity_id,
               outcome = CASE deal.status WHEN 'open' THEN 'converted' ELSE deal.status END
          FROM deal
         WHERE deal.opportunity_id = ANY($1)
           AND deal.status <> 'withdrawn'
           AND lead.id = deal.lead_id
        """,
        opportunity_ids,
    )


async def has_open(tx: Tx, customer_id: UUID) -> bool:
    """Whether a customer has a deal that is not over, or one that was asked for and is on its way.

    The customer's row is locked: two conversions of one customer come one after the other.
    """
    return await tx.fetchval(
        """
        SELECT EXISTS (
                   SELECT
                     FROM deal
                    WHERE customer_id = $1
                      AND status = 'open'
               )
            OR EXISTS (
                   SELECT
                     FROM lead
                    WHERE customer_id = $1
                      AND opportunity_id IS NOT NULL
                      AND NOT EXISTS (
                              SELECT
                                FROM deal
                               WHERE deal.opportunity_id = lead.opportunity_id
                          )
               )
        """,
        customer_id,
    )
