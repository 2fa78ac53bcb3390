"""How often a lead came to an end and back."""

from uuid import UUID

from services.leads.schemas.qualification import ReturnOut
from shared.db import Tx


async def of_lead(tx: Tx, lead_id: UUID) -> list[ReturnOut]:
    """Every return of a lead that the reader may see, the latest first."""
    rows = await tx.fetch(
        """
        SELECT ended_as, ended_for, lead_return.ended_at, reopened_for, reopened_by, reopened_at
          FROM lead_return
          JOIN lead ON lead.id = lead_return.lead_id
         WHERE lead_id = $1
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
         ORDER BY lead_return.id DESC
         LIMIT 200
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return [ReturnOut.model_validate(dict(row)) for row in rows]
