"""Whether a lead is worth a seller's time."""

from uuid import uuid4

import pytest

from services.leads.domain import qualification
from services.leads.domain.bant import Bant, QualificationPolicy
from services.leads.domain.finding import Finding
from services.leads.domain.lead import State
from services.leads.domain.refusals import AlreadyConverted, LeadIsOver
from shared.contracts.leads import LeadAssessed, LeadQualified
from tests.leads import make
from tests.leads.make import NOW

ANNA = uuid4()
POLICY = QualificationPolicy()
YES = Finding(evidence="yes", said_by="采购部王总")
GOOD = Bant(budget=YES, need=YES)
POOR = Bant(need=YES)


def test_evidence_below_the_threshold_is_written_down():
    lead, events = qualification.assess(make.lead(), POOR, by=ANNA, policy=POLICY, now=NOW)

    assert (lead.state, lead.bant_grade) == ("open", "C")
    assert [type(event) for event in events] == [LeadAssessed]


def test_a_lead_is_qualified_when_its_evidence_reaches_the_threshold():
    lead, events = qualification.assess(make.lead(), GOOD, by=ANNA, policy=POLICY, now=NOW)

    assert (lead.state, lead.bant_grade) == ("qualified", "B")
    assert [type(event) for event in events] == [LeadAssessed, LeadQualified]


def test_a_lead_is_qualified_once():
    lead = make.lead(state="qualified", bant=POOR, bant_grade="B")

    lead, events = qualification.assess(lead, GOOD, by=ANNA, policy=POLICY, now=NOW)

    assert [type(event) for event in events] == [LeadAssessed]


def test_the_same_evidence_again_says_nothing():
    lead = make.lead(bant=POOR, bant_grade="C")

    assert qualification.assess(lead, POOR, by=ANNA, policy=POLICY, now=NOW) == (lead, ())


def test_who_said_it_is_not_announced():
    _, events = qualification.assess(make.lead(), GOOD, by=ANNA, policy=POLICY, now=NOW)

    assert not any("王总" in event.model_dump_json() for event in events)


def test_a_lead_is_given_up_for_a_reason():
    lead, [event] = qualification.disqualify(make.lead(), reason="no_budget", by=ANNA, now=NOW)

    assert (lead.state, lead.disqualified_for) == ("disqualified", "no_budget")
    assert event.model_dump()["reason"] == "no_budget"


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("converted", AlreadyConverted),
        ("disqualified", LeadIsOver),
        ("closed", LeadIsOver),
    ],
)
def test_nothing_more_is_done_with_a_lead_that_is_over(state: State, refusal: type[Exception]):
    over = make.lead(state=state)

    with pytest.raises(refusal):
        qualification.assess(over, GOOD, by=ANNA, policy=POLICY, now=NOW)
    with pytest.raises(refusal):
        qualification.disqualify(over, reason="no_budget", by=ANNA, now=NOW)


def test_an_outcome_that_is_said_again_says_nothing():
    lead, _ = qualification.record_outcome(make.lead(), "converted", now=NOW)

    assert qualification.record_outcome(lead, "converted", now=NOW) == (lead, ())
