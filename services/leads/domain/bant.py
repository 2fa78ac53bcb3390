"""Budget, authority, need and timing: evidence of a lead's worth, and who gave it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.finding import Finding, grade_of, share
from services.leads.domain.meddic import MeddicPolicy
from shared.contracts.leads import Grade

Criterion = Literal["budget", "authority", "need", "timing"]


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

    framework: Literal["bant", "meddic"] = "bant"
    """Whose grade qualifies a lead; the other's is kept beside it."""
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
    meddic: MeddicPolicy = MeddicPolicy()

    def is_reached_by(self, grade: Grade) -> bool:
        """True when the grade is the threshold or better; A comes before B."""
        return grade <= self.threshold


def grade(bant: Bant, *, policy: QualificationPolicy) -> Grade:
    """A, B or C by the points that the evidence earns."""
    points = (
        policy.budget * share(bant.budget, partly=policy.partly)
        + policy.authority * share(bant.authority, partly=policy.partly)
        + policy.need * share(bant.need, partly=policy.partly)
        + policy.timing * share(bant.timing, partly=policy.partly)
    )
    return grade_of(points, a=policy.a, b=policy.b)
