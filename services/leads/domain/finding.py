"""What is known about one criterion of a lead's worth, and what it earns."""

from datetime import date
from typing import assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.leads import Evidence, Grade


class Finding(BaseModel):
    """What is known about one criterion. Who said it is personal data and stays in this service."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    evidence: Evidence = "unknown"
    said_by: str = Field(default="", max_length=100)
    said_on: date | None = None


def share(finding: Finding, *, partly: float) -> float:
    """The share of a criterion's points that the finding earns."""
    match finding.evidence:
        case "yes":
            return 1
        case "partly":
            return partly
        case "no" | "unknown":
            return 0
        case _:
            assert_never(finding.evidence)


def grade_of(points: float, *, a: float, b: float) -> Grade:
    """A, B or C by points."""
    if points >= a:
        return "A"
    return "B" if points >= b else "C"
