"""Notes of evidence, and what they come down to."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.leads.domain.evidence import Note
from services.leads.domain.finding import Finding
from services.leads.domain.meddic import Meddic
from shared.db import Tx


async def add_all(tx: Tx, notes: Sequence[Note]) -> None:
    """Keep notes; none is ever changed."""
    await tx.execute(
        """
        INSERT INTO lead_evidence
               (id, lead_id, framework, criterion, evidence, claim, said_by, said_on, activity_id,
                noted_by, noted_at)
        SELECT id, lead_id, framework, criterion, evidence, claim, said_by, said_on, activity_id,
               noted_by, noted_at
          FROM jsonb_populate_recordset(NULL::lead_evidence, $1)
        """,
        [asdict(note) for note in notes],
    )


async def meddic(tx: Tx, lead_id: UUID) -> Meddic:
    """What the latest notes say of each criterion of MEDDIC."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (criterion) criterion, evidence, said_by, said_on
          FROM lead_evidence
         WHERE lead_id = $1
           AND framework = 'meddic'
         ORDER BY criterion, noted_at DESC, id DESC
        """,
        lead_id,
    )
    found = {
        row["criterion"]: Finding(
            evidence=row["evidence"], said_by=row["said_by"], said_on=row["said_on"]
        )
        for row in rows
    }
    return Meddic.model_validate(found)
