"""Leads come back: opened by somebody, or by what they do."""

from datetime import datetime, timedelta

import pytest

from services.leads.domain import capture
from services.leads.domain.lead import Events, Lead
from services.leads.domain.qualification import disqualify, record_outcome
from services.leads.domain.refusals import AlreadyConverted, NotOver
from services.leads.domain.reopening import reopen
from services.leads.domain.returning import ACTED_AGAIN, Ending, ReturnPolicy, Silence
from shared.contracts.leads import LeadReopened, Outcome
from shared.refusals import Refused
from tests.leads import make
from tests.leads.make import NOW, rule

DAY = timedelta(days=1)
SCORING = make.scoring(rule("acted", points=40, group="behaviour"))
STANDS = ReturnPolicy(disqualified=Ending(except_for=("spam",)), closed=Ending(reopens=False))


def given_up(reason: str = "no_budget") -> Lead:
    lead, _ = disqualify(make.lead(), reason=reason, by=None, now=NOW)
    return lead


def lost_elsewhere() -> Lead:
    lead, _ = record_outcome(make.lead(), "not_converted", now=NOW)
    return lead


def acts(
    lead: Lead,
    *,
    at: datetime = NOW + DAY,
    returns: ReturnPolicy | None = None,
    history: bool = False,
    outcome: Outcome | None = None,
) -> tuple[Lead, Events]:
    """Somebody comes again."""
    again = make.arrival(captured_at=at, history=history, outcome=outcome)
    return capture.touch(lead, again, scoring=SCORING, returns=returns or ReturnPolicy(), now=at)


def test_a_lead_that_was_given_up_is_worked_on_again():
    lead, events = reopen(given_up(), reason="came_again", by=None, scoring=SCORING, now=NOW + DAY)

    assert (lead.state, lead.disqualified_for, lead.ended_at) == ("open", "", None)
    assert isinstance(events[0], LeadReopened)
    assert (events[0].ended_as, events[0].ended_for, events[0].ended_at, events[0].reason) == (
        "disqualified",
        "no_budget",
        NOW,
        "came_again",
    )


def test_its_score_cools_again():
    lead, events = reopen(given_up(), reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert lead.score_due_at is not None
    assert lead.sequence == given_up().sequence + len(events)


def test_a_lead_that_another_system_had_lost_comes_back():
    lead, events = reopen(lost_elsewhere(), reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert (lead.state, lead.outcome) == ("open", None)
    assert isinstance(events[0], LeadReopened)
    assert (events[0].ended_as, events[0].ended_for) == ("closed", "not_converted")


def test_what_came_as_history_is_worked_on_like_any_other():
    past, _ = record_outcome(make.lead(history=True), "not_converted", history=True, now=NOW)

    lead, events = reopen(past, reason="came_again", by=None, scoring=SCORING, now=NOW)

    assert not lead.history
    assert not any(event.history for event in events)


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


@pytest.mark.parametrize("lead", [given_up(), lost_elsewhere()], ids=["given-up", "lost"])
def test_a_lead_that_acts_after_its_end_comes_back_by_itself(lead: Lead):
    back, events = acts(lead)

    [reopened] = [event for event in events if isinstance(event, LeadReopened)]
    assert (back.state, reopened.reason, reopened.reopened_by) == ("open", ACTED_AGAIN, None)
    assert back.sequence == lead.sequence + len(events)


@pytest.mark.parametrize(
    ("lead", "settings"),
    [
        pytest.param(given_up(), {"at": NOW}, id="it-acted-before-its-end"),
        pytest.param(given_up(), {"history": True}, id="history-tells-of-it"),
        pytest.param(given_up(), {"outcome": "not_converted"}, id="it-ended-elsewhere-as-well"),
        pytest.param(given_up("spam"), {"returns": STANDS}, id="for-a-reason-that-stands"),
        pytest.param(lost_elsewhere(), {"returns": STANDS}, id="policy-leaves-the-lost-alone"),
        pytest.param(make.lead(state="converted"), {}, id="a-customer-came-of-it"),
    ],
)
def test_a_lead_stays_as_it_ended_where(lead: Lead, settings: dict[str, object]):
    after, events = acts(lead, **settings)  # pyright: ignore[reportArgumentType] - a table of cases

    assert after.state == lead.state
    assert not any(isinstance(event, LeadReopened) for event in events)


def test_days_of_silence_end_at_a_moment():
    assert Silence().since(NOW) is None
    assert Silence(new_after_days=2).since(NOW) == NOW - 2 * DAY
