"""MEDDIC: points by evidence, beside BANT."""

import pytest

from services.leads.domain.bant import Bant, QualificationPolicy
from services.leads.domain.finding import Finding
from services.leads.domain.meddic import Meddic, MeddicPolicy, grade
from services.leads.domain.qualification import assess, assess_meddic
from shared.contracts.leads import LeadMeddicAssessed, LeadQualified
from tests.leads import make
from tests.leads.make import NOW

YES, PARTLY = Finding(evidence="yes"), Finding(evidence="partly")
STRONG = Meddic(economic_buyer=YES, champion=YES, metrics=YES, identified_pain=YES)


@pytest.mark.parametrize(
    ("meddic", "expected"),
    [
        pytest.param(Meddic(), "C", id="nothing is known"),
        pytest.param(Meddic(champion=YES, economic_buyer=YES), "C", id="40 points"),
        pytest.param(STRONG, "B", id="70 points"),
        pytest.param(STRONG.model_copy(update={"decision_process": PARTLY}), "A", id="77.5 points"),
        pytest.param(Meddic(champion=Finding(evidence="no")), "C", id="evidence against it"),
    ],
)
def test_the_grade_follows_the_evidence(meddic: Meddic, expected: str):
    assert grade(meddic, policy=MeddicPolicy()) == expected


def test_where_policy_says_meddic_its_grade_qualifies():
    policy = QualificationPolicy(framework="meddic")

    lead, events = assess_meddic(make.lead(), Meddic(), STRONG, by=None, policy=policy, now=NOW)

    assert lead.state == "qualified"
    assert [type(event) for event in events] == [LeadMeddicAssessed, LeadQualified]
    assert lead.sequence == make.lead().sequence + 2


def test_where_policy_says_bant_the_grade_by_meddic_is_only_kept():
    lead, events = assess_meddic(
        make.lead(), Meddic(), STRONG, by=None, policy=QualificationPolicy(), now=NOW
    )

    assert lead.state == "open"
    assert [type(event) for event in events] == [LeadMeddicAssessed]


def test_where_policy_says_meddic_bant_does_not_qualify():
    known = Bant(budget=YES, authority=YES, need=YES, timing=YES)

    lead, _ = assess(
        make.lead(), known, by=None, policy=QualificationPolicy(framework="meddic"), now=NOW
    )

    assert (lead.state, lead.bant_grade) == ("open", "A")


def test_the_same_evidence_again_says_nothing():
    lead = make.lead()

    again = assess_meddic(lead, STRONG, STRONG, by=None, policy=QualificationPolicy(), now=NOW)

    assert again == (lead, ())
