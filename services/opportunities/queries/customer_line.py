"""Who answers for which product line with which customer."""

from uuid import UUID

from services.opportunities.schemas.customer_line import CustomerLineOut
from shared.db import Tx
from shared.web import PageRequest


async def page(
    tx: Tx, page: PageRequest, *, customer_id: UUID | None, owner_id: UUID | None
) -> list[CustomerLineOut]:
    """Lines that are somebody's own; row-level security shows those of customers one may see."""
    rows = await tx.fetch(
        """
        SELECT line.id, line.customer_id, line.product_line, line.owner_id,
               coalesce(owner.name, '') AS owner_name, line.unit_id, line.since, line.sequence
          FROM customer_line AS line
          LEFT JOIN person AS owner ON owner.id = line.owner_id
         WHERE line.owner_id IS NOT NULL
           AND ($1::uuid IS NULL OR line.customer_id IN (SELECT customer_with_merged($1)))
           AND ($2::uuid IS NULL OR line.owner_id = $2)
           AND ($3::timestamptz IS NULL OR (line.since, line.id) < ($3, $4::uuid))
         ORDER BY line.since DESC, line.id DESC
         LIMIT $5
        """,
        customer_id,
        owner_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [CustomerLineOut.model_validate(dict(row)) for row in rows]
