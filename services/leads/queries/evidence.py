"""What was found out about a lead, as far as the reader may see it."""

from uuid import UUID

from services.leads.domain.meddic import grade
from services.leads.domain.refusals import LeadNotFound
from services.leads.repository import evidence, policy
from services.leads.repository.rows import opened_row
from services.leads.schemas.evidence import EvidenceOut, NoteOut
from shared.db import Tx


async def of_lead(tx: Tx, lead_id: UUID) -> EvidenceOut:
    """Both frameworks with their grades, and every note, the latest first."""
    row = await tx.fetchrow(
        """
        SELECT id, state, sealed, bant_grade
          FROM lead
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise LeadNotFound(lead_id=lead_id)
    notes = await tx.fetch(
        """
        SELECT id, framework, criterion, evidence, sealed, said_on, activity_id, noted_by,
               noted_at,
               row_number() OVER (PARTITION BY framework, criterion
                                  ORDER BY noted_at DESC, id DESC) = 1 AS counts
          FROM lead_evidence
         WHERE lead_id = $1
         ORDER BY noted_at DESC, id DESC
         LIMIT 500
        """,
        lead_id,
    )
    meddic = await evidence.meddic(tx, lead_id)
    rules = await policy.qualification(tx)
    is_known = any(note["framework"] == "meddic" for note in notes)
    return EvidenceOut.model_validate(
        {
            "state": row["state"],
            "framework": rules.framework,
            "bant": opened_row(tx, "lead", row).bant,
            "bant_grade": row["bant_grade"],
            "meddic": meddic,
            "meddic_grade": grade(meddic, policy=rules.meddic) if is_known else None,
            "notes": [
                NoteOut.model_validate({**note, **evidence.words(tx, note)}) for note in notes
            ],
        }
    )
