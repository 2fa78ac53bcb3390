"""Touches that are planned, as far as the reader may see the leads."""

from datetime import datetime

from services.leads.schemas.nurture import TouchOut
from shared.db import Tx
from shared.web import Page, PageRequest


async def touches(tx: Tx, page: PageRequest, *, due_before: datetime) -> Page[TouchOut]:
    """The next touch of every plan, the longest overdue first."""
    rows = await tx.fetch(
        """
        SELECT nurture.lead_id, lead.company_name, lead.owner_id, lead.unit_id, lead.score,
               nurture.plan, nurture.done + 1 AS step,
               jsonb_array_length(nurture.steps) AS steps,
               nurture.steps -> nurture.done ->> 'by' AS by, nurture.due_at
          FROM nurture
          JOIN lead ON lead.id = nurture.lead_id
         WHERE nurture.due_at < $1
           AND CASE nurture.steps -> nurture.done ->> 'by'
                   WHEN 'call' THEN NOT lead.do_not_call
                   WHEN 'mail' THEN NOT lead.do_not_email
                   ELSE NOT (lead.do_not_call AND lead.do_not_email)
               END
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
           AND ($5::timestamptz IS NULL OR (nurture.due_at, nurture.lead_id) > ($5, $6::uuid))
         ORDER BY nurture.due_at, nurture.lead_id
         LIMIT $7
        """,
        due_before,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    lines = [TouchOut.model_validate(dict(row)) for row in rows]
    return page.page(lines, sort=lambda line: (line.due_at, line.lead_id))
