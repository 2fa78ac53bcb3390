"""MEDDIC: whether a large deal can be won, by evidence; beside BANT, for those who sell that way."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.finding import Finding, grade_of, share
from shared.contracts.leads import Grade

Criterion = Literal[
    "metrics",
    "economic_buyer",
    "decision_criteria",
    "decision_process",
    "identified_pain",
    "champion",
]


class Meddic(BaseModel):
    """The six findings; what nobody has asked about is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metrics: Finding = Finding()
    economic_buyer: Finding = Finding()
    decision_criteria: Finding = Finding()
    decision_process: Finding = Finding()
    identified_pain: Finding = Finding()
    champion: Finding = Finding()


class MeddicPolicy(BaseModel):
    """What each criterion is worth, and how many points make an A or a B."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metrics: float = Field(default=15, ge=0, le=1000)
    economic_buyer: float = Field(default=20, ge=0, le=1000)
    decision_criteria: float = Field(default=15, ge=0, le=1000)
    decision_process: float = Field(default=15, ge=0, le=1000)
    identified_pain: float = Field(default=15, ge=0, le=1000)
    champion: float = Field(default=20, ge=0, le=1000)
    partly: float = Field(default=0.5, ge=0, le=1)
    a: float = 75
    b: float = 50


def grade(meddic: Meddic, *, policy: MeddicPolicy) -> Grade:
    """A, B or C by the points that the evidence earns."""
    points = (
        policy.metrics * share(meddic.metrics, partly=policy.partly)
        + policy.economic_buyer * share(meddic.economic_buyer, partly=policy.partly)
        + policy.decision_criteria * share(meddic.decision_criteria, partly=policy.partly)
        + policy.decision_process * share(meddic.decision_process, partly=policy.partly)
        + policy.identified_pain * share(meddic.identified_pain, partly=policy.partly)
        + policy.champion * share(meddic.champion, partly=policy.partly)
    )
    return grade_of(points, a=policy.a, b=policy.b)
