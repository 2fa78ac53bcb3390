"""Leads come back."""

import pytest

from services.leads.domain.lead import Lead
from services.leads.domain.qualification import disqualify, record_outcome
from services.leads.domain.refusals import AlreadyConverted, NotOver
from services.leads.domain.reopening import reopen
from shared.contracts.leads import LeadReopened
from shared.refusals import Refused
from tests.leads import make
from tests.leads.make import NOW, rule

SCORING = make.scoring(rule("acted", points=40, group="behaviour"))


def given_up() -> Lead:
    lead, _ = disqualify(make.lead(), reason="no_budget", by=None, now=NOW)
    return lead


def test_a_lead_that_was_given_up_is_worked_on_again():
    lead, events, back = reopen(given_up(), reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert (lead.state, lead.disqualified_for, lead.is_alive) == ("open", "", True)
    assert isinstance(events[0], LeadReopened)
    assert (back.ended_as, back.ended_for, back.reopened_for) == (
        "disqualified",
        "no_budget",
        "came_again",
    )


def test_its_score_cools_again():
    lead, events, _ = reopen(given_up(), reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert lead.score_due_at is not None
    assert lead.sequence == given_up().sequence + len(events)


def test_a_lead_that_another_system_had_lost_comes_back():
    lost, _ = record_outcome(make.lead(), "not_converted", now=NOW)

    lead, _, back = reopen(lost, reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert (lead.state, lead.outcome) == ("open", None)
    assert (back.ended_as, back.ended_for) == ("closed", "not_converted")


@pytest.mark.parametrize(
    ("lead", "refusal"),
    [
        pytest.param(make.lead(), NotOver, id="it is worked on"),
        pytest.param(make.lead(state="converted"), AlreadyConverted, id="a customer came of it"),
    ],
)
def test_what_has_not_ended_cannot_come_back(lead: Lead, refusal: type[Refused]):
    with pytest.raises(refusal):
        reopen(lead, reason="x", by=None, scoring=SCORING, now=NOW)
