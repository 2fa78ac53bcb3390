"""Notes of evidence, and what they come down to."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import orjson
from asyncpg import Record

from services.leads.domain.evidence import Note
from services.leads.domain.finding import Finding
from services.leads.domain.meddic import Meddic
from services.leads.repository.rows import as_text, place_of
from shared.db import Tx


async def add_all(tx: Tx, notes: Sequence[Note]) -> None:
    """Keep notes; none is ever changed."""
    await tx.execute(
        """
        INSERT INTO lead_evidence
               (id, lead_id, framework, criterion, evidence, sealed, said_on, activity_id,
                noted_by, noted_at)
        SELECT id, lead_id, framework, criterion, evidence, sealed, said_on, activity_id, noted_by,
               noted_at
          FROM jsonb_populate_recordset(NULL::lead_evidence, $1)
        """,
        [{**asdict(note), "sealed": as_text(seal_words(tx, note))} for note in notes],
    )


async def meddic(tx: Tx, lead_id: UUID) -> Meddic:
    """What the latest notes say of each criterion of MEDDIC."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (criterion) id, criterion, evidence, sealed, said_on
          FROM lead_evidence
         WHERE lead_id = $1
           AND framework = 'meddic'
         ORDER BY criterion, noted_at DESC, id DESC
        """,
        lead_id,
    )
    found = {
        row["criterion"]: Finding(
            evidence=row["evidence"], said_by=words(tx, row)["said_by"], said_on=row["said_on"]
        )
        for row in rows
    }
    return Meddic.model_validate(found)


def seal_words(tx: Tx, note: Note) -> bytes:
    """What was claimed and who claimed it: words about a person, sealed."""
    plain = orjson.dumps({"claim": note.claim, "said_by": note.said_by})
    return tx.sealer.seal(plain, place=place_of("lead_evidence", note.id))


def words(tx: Tx, row: Record) -> dict[str, str]:
    """The claim of a note, and whose it is."""
    return orjson.loads(tx.sealer.open(row["sealed"], place=place_of("lead_evidence", row["id"])))
