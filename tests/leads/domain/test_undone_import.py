"""What an import did to a lead is taken back unless somebody has gone on from there."""

from dataclasses import replace

import pytest

from services.leads.domain import undone_import
from services.leads.domain.lead import Lead
from services.leads.domain.person import Person
from services.leads.domain.undone_import import Trace, fingerprint, why_it_stays
from shared.contracts.leads import LeadDisqualified, LeadFacts, LeadUpdated
from tests.leads import make
from tests.leads.make import NOW

LEAD = make.lead(facts=LeadFacts(channel="import", source="baidu"))


def made(lead: Lead = LEAD, *, worked: bool = False) -> Trace:
    return Trace(before=None, after=fingerprint(lead), worked=worked)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        pytest.param(LEAD, "", id="untouched"),
        pytest.param(replace(LEAD, score=99.0, sequence=7), "", id="only scored anew"),
        pytest.param(replace(LEAD, owner_id=make.UNIT), "", id="only given to somebody"),
        pytest.param(replace(LEAD, touches=2), "changed", id="they came again"),
        pytest.param(replace(LEAD, person=Person(name="新")), "changed", id="corrected"),
        pytest.param(replace(LEAD, state="qualified"), "changed", id="qualified"),
        pytest.param(replace(LEAD, attributes={"vip": True}), "changed", id="custom field"),
        pytest.param(replace(LEAD, state="merged"), "joined", id="merged"),
    ],
)
def test_a_lead_goes_with_its_import_only_as_the_import_left_it(now: Lead, reason: str):
    why = why_it_stays(now, made())

    assert (reason in why) if reason else why == ""


def test_a_lead_that_somebody_called_stays():
    assert "worked on it" in why_it_stays(LEAD, made(worked=True))


def test_a_withdrawn_lead_says_why():
    withdrawn, events = undone_import.withdraw(LEAD, by=make.UNIT, now=NOW)

    [event] = events
    assert isinstance(event, LeadDisqualified)
    assert (event.reason, withdrawn.state) == ("import_undone", "withdrawn")


def test_a_corrected_lead_is_as_it_was():
    corrected = replace(LEAD, facts=LeadFacts(channel="import", source="weibo"), sequence=3)

    restored, events = undone_import.restore(corrected, LEAD, scoring=make.scoring(), now=NOW)

    assert restored.facts == LEAD.facts
    assert isinstance(events[0], LeadUpdated)
    assert events[0].facts.source == "baidu"


def test_a_lead_that_was_only_joined_stays_joined():
    joined = replace(LEAD, touches=2)

    why = why_it_stays(joined, Trace(before=LEAD, after=fingerprint(joined), worked=False))

    assert "came once more" in why


def test_what_the_file_said_of_an_older_lead_s_end_stays():
    ended = replace(LEAD, state="closed", outcome="not_converted")

    why = why_it_stays(ended, Trace(before=LEAD, after=fingerprint(ended), worked=False))

    assert "what became of it" in why
