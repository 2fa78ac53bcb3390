"""A conversion is taken back within a while, if nothing else has happened to what it made."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.leads.domain import undoing
from services.leads.domain.refusals import BeingUndone, DealHasMovedOn, TooLateToUndo
from services.leads.domain.undoing import Conversion
from shared.contracts.leads import LeadConversionRecalled, LeadConversionUndone
from shared.refusals import Refused
from tests.leads import make

NOW = make.NOW
CUSTOMER, DEAL = uuid4(), uuid4()
LEAD = make.lead(state="converted", outcome="converted", customer_id=CUSTOMER, opportunity_id=DEAL)
MADE = Conversion(
    id=uuid4(),
    lead_id=LEAD.id,
    state_before="qualified",
    customer_id=CUSTOMER,
    made_customer=True,
    contact_id=None,
    made_contact=False,
    opportunity_id=DEAL,
    converted_at=NOW,
    undo_until=NOW + timedelta(hours=24),
)


def test_a_conversion_with_a_deal_asks_first_and_the_lead_stays_converted():
    held, lead, events = undoing.recall(MADE, LEAD, by=None, now=NOW)

    assert held.state == "recalled"
    assert (lead.state, lead.sequence) == ("converted", LEAD.sequence + 1)
    assert isinstance(events[0], LeadConversionRecalled)


def test_a_conversion_without_a_deal_asks_nobody():
    _, lead, events = undoing.recall(replace(MADE, opportunity_id=None), LEAD, by=None, now=NOW)

    assert (lead, events) == (LEAD, ())


def test_the_lead_is_what_it_was_before():
    held, lead, events = undoing.undo(MADE, LEAD, scoring=make.scoring(), now=NOW)

    assert held.state == "undone"
    assert (lead.state, lead.outcome) == ("qualified", None)
    assert (lead.customer_id, lead.contact_id, lead.opportunity_id) == (None, None, None)
    assert isinstance(events[0], LeadConversionUndone)


@pytest.mark.parametrize(
    ("held", "later", "refused"),
    [
        pytest.param(MADE, timedelta(hours=24), None, id="the last moment"),
        pytest.param(MADE, timedelta(hours=24, microseconds=1), TooLateToUndo, id="too late"),
        pytest.param(replace(MADE, state="recalled"), timedelta(0), BeingUndone, id="twice"),
        pytest.param(
            undoing.keep(MADE, reasons=("changed",)), timedelta(0), DealHasMovedOn, id="it stays"
        ),
    ],
)
def test_only_what_stands_and_is_fresh_is_undone(
    held: Conversion, later: timedelta, refused: type[Refused] | None
):
    if refused is None:
        assert undoing.recall(held, LEAD, by=None, now=NOW + later)[0].state == "recalled"
        return
    with pytest.raises(refused):
        undoing.recall(held, LEAD, by=None, now=NOW + later)


@pytest.mark.parametrize(
    ("sequence", "alone", "goes"),
    [(1, True, True), (2, True, False), (1, False, False)],
    ids=["left alone", "corrected since", "something leads to it"],
)
def test_a_customer_goes_only_if_nothing_else_has_happened_to_it(
    sequence: int, alone: bool, goes: bool
):
    account = replace(make.customer("Acme"), sequence=sequence)

    after, events = undoing.withdraw_customer(account, alone=alone, by=None, now=NOW)

    assert (after.withdrawn_at is not None, bool(events)) == (goes, goes)


@pytest.mark.parametrize(
    ("sequence", "alone", "goes"),
    [(1, True, True), (2, True, False), (1, False, False)],
    ids=["left alone", "corrected since", "something leads to it"],
)
def test_a_contact_goes_only_if_nothing_else_has_happened_to_it(
    sequence: int, alone: bool, goes: bool
):
    speaker = replace(make.contact(customer_id=CUSTOMER), sequence=sequence)

    after, events = undoing.withdraw_contact(speaker, alone=alone, by=None, now=NOW)

    assert (after.withdrawn_at is not None, bool(events)) == (goes, goes)
