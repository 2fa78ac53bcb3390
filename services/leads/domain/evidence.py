"""Notes of evidence: a claim about one criterion, who made it, when, and where that was written down.

The latest note of a criterion counts; the ones before it are its history.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from services.leads.domain import bant, meddic
from services.leads.domain.bant import Bant
from services.leads.domain.finding import Finding
from services.leads.domain.meddic import Meddic
from shared.contracts.leads import Evidence

Framework = Literal["bant", "meddic"]
Criterion = bant.Criterion | meddic.Criterion
CRITERIA: dict[Framework, tuple[str, ...]] = {
    "bant": get_args(bant.Criterion),
    "meddic": get_args(meddic.Criterion),
}


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody found out about one criterion of a lead. Its words never leave this service."""

    id: UUID
    lead_id: UUID
    framework: Framework
    criterion: str
    evidence: Evidence
    claim: str = ""
    said_by: str = ""
    said_on: date | None = None
    activity_id: UUID | None = None
    """The call or visit in which it was said."""
    noted_by: UUID | None
    noted_at: datetime

    @property
    def finding(self) -> Finding:
        """What counts of it."""
        return Finding(evidence=self.evidence, said_by=self.said_by, said_on=self.said_on)


def on_bant(known: Bant, note: Note) -> Bant:
    """What is known with the note."""
    return known.model_copy(update={note.criterion: note.finding})


def on_meddic(known: Meddic, note: Note) -> Meddic:
    """What is known with the note."""
    return known.model_copy(update={note.criterion: note.finding})
