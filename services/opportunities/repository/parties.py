"""Parties that deals may name, from our own copies."""

from collections.abc import Collection
from uuid import UUID

from services.opportunities.domain.parties import Party
from shared.db import Tx


async def known(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Party]:
    """Those of the ids that are organisations, people, or legal entities of ours."""
    rows = await tx.fetch(
        """
        SELECT id, 'organisation' AS kind, is_dealer
          FROM customer_copy
         WHERE id = ANY($1::uuid[])
           AND NOT withdrawn
         UNION ALL
        SELECT id, 'person', false
          FROM contact_copy
         WHERE id = ANY($1)
           AND NOT withdrawn
         UNION ALL
        SELECT id, 'entity', false
          FROM unit
         WHERE id = ANY($1)
           AND kind = 'legal_entity'
           AND active
        """,
        list(ids),
    )
    return {row["id"]: Party(kind=row["kind"], is_dealer=row["is_dealer"]) for row in rows}
