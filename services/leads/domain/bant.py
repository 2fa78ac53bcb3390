"""Budget, authority, need and timing: evidence of a lead's worth, and who gave it."""

from datetime import date
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.leads import Evidence, Grade

Criterion = Literal["budget", "authority", "need", "timing"]


class Finding(BaseModel):
    """What is known about one criterion. Who said it is personal data and stays in this service."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    evidence: Evidence = "unknown"
    said_by: str = Field(default="", max_length=100)
    said_on: date | None = None


class Bant(BaseModel):
    """The four findings; what nobody has asked about is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget: Finding = Finding()
    authority: Finding = Finding()
    need: Finding = Finding()
    timing: Finding = Finding()


class QualificationPolicy(BaseModel):
    """What each criterion is worth, and how much evidence makes a lead worth a seller's time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget: float = Field(default=25, ge=0, le=1000)
    authority: float = Field(default=25, ge=0, le=1000)
    need: float = Field(default=25, ge=0, le=1000)
    timing: float = Field(default=25, ge=0, le=1000)
    partly: float = Field(default=0.5, ge=0, le=1)
    """The share of a criterion's points that partial evidence earns."""
    a: float = 75
    b: float = 50
    threshold: Grade = "B"
    """The grade from which a lead counts as qualified."""

    def is_reached_by(self, grade: Grade) -> bool:
        """True when the grade is the threshold or better; A comes before B."""
        return grade <= self.threshold


def grade(bant: Bant, *, policy: QualificationPolicy) -> Grade:
    """A, B or C by the points that the evidence earns."""
    points = (
        policy.budget * _share(bant.budget, policy)
        + policy.authority * _share(bant.authority, policy)
        + policy.need * _share(bant.need, policy)
        + policy.timing * _share(bant.timing, policy)
    )
    if points >= policy.a:
        return "A"
    return "B" if points >= policy.b else "C"


def _share(finding: Finding, policy: QualificationPolicy) -> float:
    match finding.evidence:
        case "yes":
            return 1
        case "partly":
            return policy.partly
        case "no" | "unknown":
            return 0
        case _:
            assert_never(finding.evidence)
