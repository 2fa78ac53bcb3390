"""How leads come in: the first time, again, and corrected."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.leads.domain import capture
from services.leads.domain.capture import Arrival, Placing
from services.leads.domain.lead import Lead, judge
from services.leads.domain.returning import ReturnPolicy
from shared.contracts.leads import (
    LeadCaptured,
    LeadOutcomeRecorded,
    LeadScored,
    LeadTouched,
    LeadUpdated,
)
from tests.leads import make
from tests.leads.make import NOW

SCORING = make.scoring(make.rule("named", when="company_name != ''", points=40))
RETURNS = ReturnPolicy()
ANNA = uuid4()


def types(events: tuple[object, ...]) -> list[type]:
    return [type(event) for event in events]


def capture_one(arrival: Arrival) -> tuple[Lead, tuple[object, ...]]:
    return capture.capture(arrival.lead_id, arrival, scoring=SCORING, now=NOW)


def test_a_new_lead_is_announced_and_judged():
    arrival = make.arrival(make.reading(company_name="Acme"))

    lead, events = capture_one(arrival)

    assert types(events) == [LeadCaptured, LeadScored]
    assert (lead.sequence, lead.score, lead.grade) == (2, 40, "B")


def test_a_seller_s_own_find_is_theirs_at_once():
    placing = Placing(unit_id=make.UNIT, assign_on="capture", wanted_owner_id=ANNA)

    lead, events = capture_one(make.arrival(placing=placing))

    assert lead.owner_id == ANNA
    assert isinstance(events[0], LeadCaptured)
    assert events[0].wanted_owner_id == ANNA


def test_history_is_recorded_without_asking_for_an_owner():
    _, events = capture_one(make.arrival(history=True))

    assert isinstance(events[0], LeadCaptured)
    assert (events[0].history, events[0].assign_on) == (True, "never")


def test_whoever_comes_again_touches_their_lead():
    lead = make.lead(facts=make.reading(company_name="Acme").facts, score=40, grade="B")
    again = make.arrival(make.reading(company_name="Other"), captured_at=NOW + timedelta(days=1))

    touched, events = capture.touch(lead, again, scoring=SCORING, returns=RETURNS, now=NOW)

    assert types(events) == [LeadTouched]
    assert (touched.touches, touched.touched_at) == (2, NOW + timedelta(days=1))
    assert touched.facts.company_name == "Acme"


def test_a_touch_fills_what_was_blank():
    lead = make.lead(facts=make.reading().facts, person=make.person(name="李雷"), company_key="")
    again = make.arrival(
        make.reading(company_name="Acme", region="浙江", mail="lilei@x.com", name="Li")
    )

    touched, events = capture.touch(lead, again, scoring=SCORING, returns=RETURNS, now=NOW)

    assert types(events) == [LeadTouched, LeadUpdated, LeadScored]
    assert (touched.person.name, touched.person.mail) == ("李雷", "lilei@x.com")
    assert (touched.facts.region, touched.company_key, touched.score) == ("浙江", "acme", 40)


def test_a_touch_never_takes_back_a_wish_not_to_be_called():
    lead = make.lead(facts=make.reading(do_not_call=True).facts)

    touched, _ = capture.touch(
        lead, make.arrival(make.reading()), scoring=SCORING, returns=RETURNS, now=NOW
    )

    assert touched.facts.do_not_call


def test_an_older_touch_does_not_make_interest_look_older():
    earlier = make.arrival(captured_at=NOW - timedelta(days=9))

    touched, _ = capture.touch(make.lead(), earlier, scoring=SCORING, returns=RETURNS, now=NOW)

    assert touched.touched_at == NOW


def test_a_correction_that_changes_nothing_says_nothing():
    lead, _ = capture_one(make.arrival(make.reading(company_name="Acme")))

    assert capture.revise(lead, make.reading(company_name="Acme"), scoring=SCORING, now=NOW) == (
        replace(lead, person=make.person()),
        (),
    )


def test_a_correction_is_announced_and_judged_anew():
    lead, _ = capture_one(make.arrival(make.reading()))

    revised, events = capture.revise(
        lead, make.reading(company_name="Acme"), scoring=SCORING, now=NOW
    )

    assert types(events) == [LeadUpdated, LeadScored]
    assert revised.sequence == lead.sequence + 2


@pytest.mark.parametrize(
    ("company_name", "corrects", "effect"),
    [
        pytest.param("Acme", True, "unchanged", id="the same record, the same"),
        pytest.param("Acme 2", True, "updated", id="the same record, another version"),
        pytest.param("Acme", False, "duplicate", id="sent again by a form"),
    ],
)
def test_what_an_arrival_is_to_a_lead_of_the_same_record(
    company_name: str, corrects: bool, effect: str
):
    first = make.arrival(make.reading(company_name="Acme", external="7"))
    lead, _ = capture_one(first)
    second = make.arrival(make.reading(company_name=company_name, external="7"), corrects=corrects)

    _, [received] = capture.receive(
        {lead.id: lead}, [(lead.id, second)], scoring=SCORING, returns=RETURNS, now=NOW
    )

    assert received.effect == effect


def test_another_record_about_the_same_person_does_not_overwrite_the_first():
    lead, _ = capture_one(make.arrival(make.reading(company_name="Acme", external="7")))
    other = make.arrival(make.reading(company_name="Other", external="8"), corrects=True)

    changes, [received] = capture.receive(
        {lead.id: lead}, [(lead.id, other)], scoring=SCORING, returns=RETURNS, now=NOW
    )

    assert received.effect == "duplicate"
    assert changes[lead.id][0].facts.company_name == "Acme"


def test_a_corrected_record_that_leaves_a_field_blank_does_not_make_us_forget_it():
    lead, _ = capture_one(make.arrival(make.reading(external="7", mail="lilei@x.com")))
    later = make.arrival(make.reading(external="7", company_name="Acme"), corrects=True)

    changes, _ = capture.receive(
        {lead.id: lead}, [(lead.id, later)], scoring=SCORING, returns=RETURNS, now=NOW
    )

    assert changes[lead.id][0].person.mail == "lilei@x.com"


def test_arrivals_of_one_batch_that_are_one_lead_number_their_events_through():
    first, second = make.arrival(), make.arrival()

    changes, outcomes = capture.receive(
        {},
        [(first.lead_id, first), (first.lead_id, second)],
        scoring=SCORING,
        returns=RETURNS,
        now=NOW,
    )

    lead, events = changes[first.lead_id]
    assert [outcome.effect for outcome in outcomes] == ["created", "duplicate"]
    assert lead.sequence == len(events) == 3


def test_an_outcome_that_another_system_decided_closes_the_lead():
    arrival = make.arrival(outcome="not_converted", history=True)

    changes, _ = capture.receive(
        {}, [(arrival.lead_id, arrival)], scoring=SCORING, returns=RETURNS, now=NOW
    )

    lead, events = changes[arrival.lead_id]
    assert (lead.state, lead.outcome, lead.score_due_at) == ("closed", "not_converted", None)
    assert types(events) == [LeadCaptured, LeadScored, LeadOutcomeRecorded]


def test_the_same_score_is_not_announced_again():
    lead, _ = capture_one(make.arrival(make.reading(company_name="Acme")))

    assert judge(lead, scoring=SCORING, now=NOW) == (lead, ())


def test_a_lead_that_is_over_is_never_due_for_scoring():
    decays = make.scoring(make.rule("acted", points=40, group="behaviour"))

    open_lead, _ = judge(make.lead(), scoring=decays, now=NOW)
    given_up, _ = judge(make.lead(state="disqualified"), scoring=decays, now=NOW)

    assert open_lead.score_due_at is not None
    assert given_up.score_due_at is None
