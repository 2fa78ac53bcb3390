"""The units that rows of a file are about."""

from collections.abc import Collection
from uuid import UUID

from services.leads.domain.identity import Key
from services.leads.domain.placement import Placement
from shared import live
from shared.db import Tx


async def placement(tx: Tx, names: Collection[str], *, history: bool) -> Placement:
    """The units of these names, and for history those that are closed to it."""
    wanted = {name for name in names if name}
    return Placement(
        named=await live.units_named(tx, wanted) if wanted else {},
        live=await live.units(tx) if history else {},
    )


async def units_of_leads(tx: Tx, keys: Collection[Key]) -> dict[Key, UUID]:
    """The units that leads of another system are with by now."""
    rows = await tx.fetch(
        """
        SELECT lead_identity.kind, lead_identity.value, lead.unit_id
          FROM lead_identity
          JOIN lead ON lead.id = lead_identity.lead_id
         WHERE lead_identity.kind = 'external'
           AND lead_identity.value = ANY($1)
        """,
        [key.value for key in keys],
    )
    return {Key(row["kind"], row["value"]): row["unit_id"] for row in rows}


async def units_of_customers(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The units that customers are with by now."""
    if not customer_ids:
        return {}
    rows = await tx.fetch("SELECT id, unit_id FROM customer WHERE id = ANY($1)", list(customer_ids))
    return {row["id"]: row["unit_id"] for row in rows}
