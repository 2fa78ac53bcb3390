"""Budget, authority, need and timing."""

import pytest

from services.leads.domain.bant import Bant, QualificationPolicy, grade
from services.leads.domain.finding import Finding
from shared.contracts.leads import Evidence


def bant(*evidence: Evidence) -> Bant:
    """Evidence for budget, authority, need and timing, in this order."""
    names = ("budget", "authority", "need", "timing")
    return Bant(**{name: Finding(evidence=e) for name, e in zip(names, evidence, strict=True)})


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param(("yes", "yes", "yes", "yes"), "A", id="all"),
        pytest.param(("yes", "yes", "yes", "no"), "A", id="three"),
        pytest.param(("yes", "yes", "partly", "partly"), "A", id="two and two halves"),
        pytest.param(("yes", "yes", "partly", "unknown"), "B", id="two and a half"),
        pytest.param(("partly", "partly", "partly", "partly"), "B", id="four halves"),
        pytest.param(("yes", "partly", "unknown", "unknown"), "C", id="too little"),
        pytest.param(("unknown", "unknown", "unknown", "unknown"), "C", id="nobody asked"),
    ],
)
def test_evidence_is_graded(evidence: tuple[Evidence, ...], expected: str):
    assert grade(bant(*evidence), policy=QualificationPolicy()) == expected


def test_a_policy_weighs_what_matters_to_it():
    policy = QualificationPolicy(budget=70, authority=10, need=10, timing=10)

    assert grade(bant("yes", "no", "no", "no"), policy=policy) == "B"


@pytest.mark.parametrize(
    ("threshold", "reached"),
    [("A", ["A"]), ("B", ["A", "B"]), ("C", ["A", "B", "C"])],
    ids=["only A", "B or better", "anything"],
)
def test_the_threshold_is_reached_by_its_grade_or_a_better_one(threshold: str, reached: list[str]):
    policy = QualificationPolicy.model_validate({"threshold": threshold})

    assert [each for each in ("A", "B", "C") if policy.is_reached_by(each)] == reached
