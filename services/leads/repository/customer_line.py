"""Who answers for product lines with customers, as `opportunities` says."""

from collections.abc import Sequence

from shared.contracts.opportunities import CustomerLineAssigned, CustomerLineReleased
from shared.db import Tx


async def save(tx: Tx, lines: Sequence[CustomerLineAssigned]) -> None:
    """These lines are somebody's own."""
    await tx.execute(
        """
        INSERT INTO customer_line (id, customer_id, owner_id, unit_id)
        SELECT *
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
            AS said (id, customer_id, owner_id, unit_id)
         ORDER BY id
            ON CONFLICT (id)
            DO UPDATE
           SET owner_id = excluded.owner_id,
               unit_id = excluded.unit_id
        """,
        [line.customer_line_id for line in lines],
        [line.customer_id for line in lines],
        [line.owner_id for line in lines],
        [line.unit_id for line in lines],
    )


async def remove(tx: Tx, lines: Sequence[CustomerLineReleased]) -> None:
    """These lines are the customer's owner's again."""
    await tx.execute(
        "DELETE FROM customer_line WHERE id = ANY($1)", [line.customer_line_id for line in lines]
    )
