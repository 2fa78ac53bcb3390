"""Tags of leads that the reader may see."""

from uuid import UUID

from services.leads.domain.refusals import LeadNotFound
from services.leads.repository import tag as tags
from services.leads.schemas.tag import TagOut
from shared.db import Tx


async def of_lead(tx: Tx, lead_id: UUID) -> list[TagOut]:
    """Every tag that anything was decided about, also those that were taken away."""
    rows = await tx.fetch(
        """
        SELECT lead_tag.tag, lead_tag.is_on, lead_tag.by_hand, lead_tag.set_by, lead_tag.set_at,
               lead_tag.rules_version
          FROM lead
          LEFT JOIN lead_tag ON lead_tag.lead_id = lead.id
         WHERE lead.id = $1
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
         ORDER BY is_on DESC, tag
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if not rows:
        raise LeadNotFound(lead_id=lead_id)
    vocabulary = (await tags.policy(tx)).policy
    return [
        TagOut.model_validate({**row, "kind": vocabulary.kind_of(row["tag"]) or "label"})
        for row in rows
        if row["tag"] is not None
    ]
