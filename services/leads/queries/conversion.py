"""What conversions made, and whether they stand."""

from uuid import UUID

from services.leads.domain.refusals import LeadNotFound
from services.leads.schemas.conversion import StandingOut
from shared.db import Tx


async def of_lead(tx: Tx, lead_id: UUID) -> list[StandingOut]:
    """The conversions of a lead that the reader may see, the latest first."""
    rows = await tx.fetch(
        """
        SELECT lead.id AS lead_id, made.state, made.kept_for, made.customer_id, made.made_customer,
               made.contact_id, made.made_contact, made.opportunity_id, made.converted_at,
               made.undo_until
          FROM lead
          LEFT JOIN conversion AS made ON made.lead_id = lead.id
         WHERE lead.id = $1
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
         ORDER BY made.converted_at DESC
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if not rows:
        raise LeadNotFound(lead_id=lead_id)
    return [StandingOut.model_validate(dict(row)) for row in rows if row["state"] is not None]
