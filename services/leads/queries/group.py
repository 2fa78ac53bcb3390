"""Groups of organisations, as far as the reader may see them."""

from uuid import UUID

from services.leads.schemas.group import GroupOut, MemberOut, MoveOut
from shared.db import Tx


async def of_customer(tx: Tx, customer_id: UUID) -> GroupOut:
    """The whole group that an organisation belongs to, from the top down.

    Who stands where is found as the service; only those are shown whom the reader may see.
    """
    async with tx.as_service():
        rows = await tx.fetch(
            """
            WITH RECURSIVE up AS (
                SELECT id, coalesce(merged_into, parent_id) AS above, 0 AS steps
                  FROM customer
                 WHERE id = $1
                 UNION ALL
                SELECT customer.id, coalesce(customer.merged_into, customer.parent_id), up.steps + 1
                  FROM up
                  JOIN customer ON customer.id = up.above
                 WHERE up.steps < 1000
            ), top AS (
                SELECT id
                  FROM up
                 ORDER BY steps DESC
                 LIMIT 1
            ), tree AS (
                SELECT id, id AS stands_for, NULL::uuid AS above, 0 AS depth, ARRAY[id] AS path
                  FROM top
                 UNION ALL
                SELECT customer.id,
                       CASE WHEN customer.merged_into IS NULL THEN customer.id
                            ELSE tree.stands_for END,
                       tree.stands_for,
                       tree.depth + (customer.merged_into IS NULL)::int,
                       tree.path || customer.id
                  FROM tree
                  JOIN customer
                    ON customer.merged_into = tree.id
                    OR (customer.merged_into IS NULL AND customer.parent_id = tree.id)
                 WHERE customer.withdrawn_at IS NULL
            )
            SELECT customer.id, customer.name, customer.is_dealer, customer.region,
                   customer.unit_id, customer.owner_id, tree.depth, tree.above AS parent_id
              FROM tree
              JOIN customer ON customer.id = tree.id
             WHERE customer.merged_into IS NULL
             ORDER BY tree.path
            """,
            customer_id,
        )
    seen = [row for row in rows if _sees(tx, row["unit_id"], row["owner_id"])]
    members = [MemberOut.model_validate(dict(row)) for row in seen]
    return GroupOut(members=members, hidden=len(rows) - len(members))


async def moves(tx: Tx, customer_id: UUID) -> list[MoveOut]:
    """Where an organisation has stood, the latest move first."""
    rows = await tx.fetch(
        """
        SELECT customer_move.parent_id, customer_move.why, customer_move.moved_by,
               customer_move.moved_at
          FROM customer_move
          JOIN customer ON customer.id = customer_move.customer_id
         WHERE customer_move.customer_id = $1
           AND ($2 OR customer.unit_id = ANY($3) OR customer.owner_id = $4)
         ORDER BY customer_move.id DESC
        """,
        customer_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return [MoveOut.model_validate(dict(row)) for row in rows]


def _sees(tx: Tx, unit_id: UUID, owner_id: UUID | None) -> bool:
    mine = owner_id is not None and owner_id == tx.scope.person_id
    return tx.scope.everything or unit_id in tx.scope.units or mine
