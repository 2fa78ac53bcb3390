"""Leads that are not ready yet are kept warm, step by step."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue, ValidationError

from services.leads.domain.nurture import (
    Nurture,
    NurturePolicy,
    Plan,
    Step,
    announce_due,
    begin,
    check,
    touched,
)
from services.leads.domain.refusals import RulesDoNotCompile
from shared.contracts.leads import LeadTouchDue
from tests.leads import make
from tests.leads.make import NOW

DAY = timedelta(days=1)
STEPS = (Step(after_days=7, by="mail"), Step(after_days=30, by="call"))
POLICY = NurturePolicy(
    plans=(
        Plan(name="of the fair", when="source == 'fair'", steps=STEPS[1:]),
        Plan(name="keep warm", when="channel == 'website'", steps=STEPS),
    )
)


def planned() -> Nurture:
    return begin(make.lead(), policy=POLICY, now=NOW)


def test_the_first_plan_that_is_meant_for_a_lead_is_its_plan():
    nurture = planned()

    assert (nurture.plan, nurture.next_step) == ("keep warm", STEPS[0])
    assert nurture.due_at == NOW + 7 * DAY


def test_a_lead_that_no_plan_is_meant_for_has_no_touch():
    nurture = begin(make.lead(), policy=NurturePolicy(), now=NOW)

    assert (nurture.next_step, nurture.due_at) == (None, None)


def test_a_touch_is_announced_once_when_it_is_due():
    lead = make.lead()
    _, early, _ = announce_due(lead, planned(), now=NOW + 6 * DAY)

    lead, [due], nurture = announce_due(lead, planned(), now=NOW + 7 * DAY)
    _, again, _ = announce_due(lead, nurture, now=NOW + 8 * DAY)

    assert (early, again) == ((), ())
    assert isinstance(due, LeadTouchDue)
    assert (due.step, due.by, due.due_at) == (1, "mail", NOW + 7 * DAY)


def test_a_lead_that_has_ended_is_not_touched():
    lead = make.lead(state="disqualified")

    _, events, _ = announce_due(lead, planned(), now=NOW + 7 * DAY)

    assert events == ()


def test_days_are_counted_from_the_beginning_whenever_a_touch_is_made():
    once = touched(planned())
    twice = touched(once)

    assert (once.next_step, once.due_at) == (STEPS[1], NOW + 30 * DAY)
    assert (twice.next_step, twice.due_at) == (None, None)
    assert touched(twice) == twice


def test_steps_come_in_their_order():
    with pytest.raises(ValidationError, match="comes after"):
        Plan(name="x", steps=STEPS[::-1])


def test_a_condition_that_is_none_is_named():
    body: dict[str, JsonValue] = {
        "plans": [{"name": "x", "when": "sauce == 1", "steps": [{"after_days": 1, "by": "call"}]}]
    }

    with pytest.raises(RulesDoNotCompile) as caught:
        check(body)

    assert caught.value.errors[0].pointer == "/plans/0/when"


@pytest.mark.parametrize(
    ("wishes", "by"),
    [
        pytest.param({"do_not_email": True}, "call", id="no mail"),
        pytest.param({"do_not_call": True}, "mail", id="no calls"),
        pytest.param({"do_not_call": True, "do_not_email": True}, None, id="neither"),
    ],
)
def test_a_touch_that_the_lead_asked_to_be_spared_is_passed_over(
    wishes: dict[str, bool], by: str | None
):
    steps = (*STEPS, Step(after_days=31, by="chat"))
    lead = make.lead()
    lead = replace(lead, facts=lead.facts.model_copy(update=wishes))
    nurture = begin(lead, policy=NurturePolicy(plans=(Plan(name="x", steps=steps),)), now=NOW)

    asked: list[str] = []
    for _ in steps:
        lead, events, nurture = announce_due(lead, nurture, now=NOW + 40 * DAY)
        asked += [event.by for event in events if isinstance(event, LeadTouchDue)]

    assert asked == ([by] if by else [])
