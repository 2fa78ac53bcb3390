"""Evidence for and against a lead, note by note, as callers send and see it."""

from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, model_validator

from services.leads.domain.bant import Bant
from services.leads.domain.evidence import CRITERIA, Criterion, Framework
from services.leads.domain.intake import Line, Prose
from services.leads.domain.lead import State
from services.leads.domain.meddic import Meddic
from shared.contracts.leads import Evidence, Grade
from shared.web import Day, Request


class NoteIn(Request):
    """A claim about one criterion; `unknown` takes back what was believed before."""

    framework: Framework
    criterion: Criterion
    evidence: Evidence
    claim: Prose = ""
    said_by: Line = ""
    said_on: Day | None = None
    activity_id: UUID | None = None

    @model_validator(mode="after")
    def _is_of_its_framework(self) -> Self:
        known = CRITERIA[self.framework]
        if self.criterion not in known:
            raise ValueError(f"{self.framework} asks about {', '.join(known)}")
        return self


class NoteOut(BaseModel):
    """One note of the history; the latest of its criterion counts."""

    id: UUID
    framework: Framework
    criterion: str
    evidence: Evidence
    claim: str
    said_by: str
    said_on: Day | None
    activity_id: UUID | None
    noted_by: UUID | None
    noted_at: AwareDatetime
    counts: bool


class EvidenceOut(BaseModel):
    """What is known of a lead by both frameworks, and how that came to be known."""

    state: State
    framework: Framework
    """Whose grade qualifies."""
    bant: Bant
    bant_grade: Grade | None
    meddic: Meddic
    meddic_grade: Grade | None
    notes: list[NoteOut]
