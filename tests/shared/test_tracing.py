"""One request's trace goes on through everything it causes."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared import tracing
from shared.contracts.leads import LeadTouched

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_span_stays_in_its_parents_trace():
    with tracing.span(PARENT) as current:
        inside = tracing.correlation_id()

    assert inside == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert current != PARENT


@pytest.mark.parametrize("parent", ["", "garbage", "00-" + "0" * 32 + "-00f067aa0ba902b7-01"])
def test_a_malformed_parent_begins_a_new_trace(parent: str):
    assert len(tracing.child_of(parent).split("-")[1].strip("0")) > 0


def test_an_event_goes_on_in_the_trace_of_the_one_it_answers():
    lead = uuid4()
    event = LeadTouched(lead_id=lead, submission_id=uuid4(), channel="web", touched_at=NOW)

    with tracing.caused_by({lead: PARENT}):
        caused = tracing.traceparent_of(event)

    assert caused.split("-")[1] == PARENT.split("-")[1]
