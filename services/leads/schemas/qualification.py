"""Evidence for and against a lead, as callers send it."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, StringConstraints

from services.leads.domain.bant import Bant
from services.leads.domain.finding import Finding
from services.leads.domain.intake import Line
from services.leads.domain.lead import State
from shared.contracts.leads import Evidence
from shared.web import Day, Request

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]


class FindingIn(Request):
    """What is known of one criterion, who said it, and when."""

    evidence: Evidence = "unknown"
    said_by: Line = ""
    said_on: Day | None = None


class BantIn(Request):
    """The four criteria; one that is left out is unknown."""

    budget: FindingIn = FindingIn()
    authority: FindingIn = FindingIn()
    need: FindingIn = FindingIn()
    timing: FindingIn = FindingIn()

    @property
    def bant(self) -> Bant:
        """The evidence as the domain weighs it."""
        return Bant(
            budget=Finding.model_validate(self.budget.model_dump()),
            authority=Finding.model_validate(self.authority.model_dump()),
            need=Finding.model_validate(self.need.model_dump()),
            timing=Finding.model_validate(self.timing.model_dump()),
        )


class DisqualificationIn(Request):
    """Why the lead is given up: a short code that can be counted, such as `no_budget`."""

    reason: Code


class ReopeningIn(Request):
    """Why the lead is worked on again: a short code that can be counted, such as `came_again`."""

    reason: Code


class ReturnOut(BaseModel):
    """A lead came back: how it had ended, and why it was opened again."""

    ended_as: State
    ended_for: str
    ended_at: AwareDatetime | None
    reopened_for: str
    reopened_by: UUID | None
    reopened_at: AwareDatetime
