"""Groups of organisations."""

from collections.abc import Collection, Sequence
from uuid import UUID

from shared.contracts.leads import CustomerMoved
from shared.db import Tx


async def lock(tx: Tx) -> None:
    """One move at a time, or two of them could close a circle."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('groups of customers'))")


async def above(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """What these organisations and all those over them stand below; a merged one redirects."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE line AS (
            SELECT id, coalesce(merged_into, parent_id) AS above
              FROM customer
             WHERE id = ANY($1)
             UNION
            SELECT customer.id, coalesce(customer.merged_into, customer.parent_id)
              FROM line
              JOIN customer ON customer.id = line.above
        )
        SELECT id, above
          FROM line
        """,
        list(customer_ids),
    )
    return {row["id"]: row["above"] for row in rows}


async def note_moves(tx: Tx, moves: Sequence[CustomerMoved], *, why: str) -> None:
    """Keep where organisations went, and why."""
    await tx.execute(
        """
        INSERT INTO customer_move (customer_id, parent_id, why, moved_by, moved_at)
        SELECT customer_id, parent_id, $5, moved_by, moved_at
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[])
            AS moved (customer_id, parent_id, moved_by, moved_at)
        """,
        [move.customer_id for move in moves],
        [move.parent_id for move in moves],
        [move.moved_by for move in moves],
        [move.moved_at for move in moves],
        why,
    )
