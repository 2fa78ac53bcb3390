"""Units that work here already: what another system says of their past is not taken in any more."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from shared.db import Tx


async def units(tx: Tx) -> dict[UUID, datetime]:
    """Those units, and those below them, each with the moment from which on it is so."""
    rows = await tx.fetch(
        """
        SELECT access_closure.unit, min(access_unit.live_since) AS since
          FROM access_unit
          JOIN access_closure ON access_closure.ancestor = access_unit.unit_id
         WHERE access_unit.live_since IS NOT NULL
         GROUP BY access_closure.unit
        """
    )
    return {row["unit"]: row["since"] for row in rows}


async def units_named(tx: Tx, names: Collection[str]) -> dict[str, UUID]:
    """The one active unit that bears each of these names; none where several do."""
    rows = await tx.fetch(
        """
        SELECT name, min(unit_id::text)::uuid AS unit_id
          FROM access_unit
         WHERE name = ANY($1)
           AND active
         GROUP BY name
        HAVING count(*) = 1
        """,
        list(names),
    )
    return {row["name"]: row["unit_id"] for row in rows}


def why_closed(live: Mapping[UUID, datetime], *unit_ids: UUID | None) -> str:
    """Why history of these units is not taken in; nothing when it is."""
    since = [live[unit_id] for unit_id in unit_ids if unit_id is not None and unit_id in live]
    return f"its unit is live since {min(since):%Y-%m-%d}: history is closed" if since else ""
