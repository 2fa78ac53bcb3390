"""Tags go on and off by rules; what a person decided about one stands."""

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import JsonValue, ValidationError

from services.leads.domain.lead import Events, Lead
from services.leads.domain.refusals import LeadIsOver, NoSuchTag, RulesDoNotCompile
from services.leads.domain.rehearsal import Candidate
from services.leads.domain.tag_rehearsal import rehearse
from services.leads.domain.tagging import (
    Mark,
    Marks,
    Tag,
    Tagging,
    TagPolicy,
    TagRule,
    check,
    give_back,
    inherit,
    leave_out_decided,
    tag_by_hand,
    tag_by_rules,
)
from shared.contracts.leads import LeadTagged
from tests.leads import make
from tests.leads.make import NOW

ANNA = uuid4()
TAGGING = Tagging(
    version=3,
    policy=TagPolicy(
        tags=(Tag(name="big"), Tag(name="pumps", kind="need"), Tag(name="friend")),
        rules=(
            TagRule(tag="big", when="company_name == 'Acme'"),
            TagRule(tag="pumps", when="attributes.wants == 'pump'"),
        ),
    ),
)


def marks(*held: Mark) -> Marks:
    return {mark.tag: mark for mark in held}


def by_rule(tag: str, *, is_on: bool = True) -> Mark:
    return Mark(lead_id=uuid4(), tag=tag, is_on=is_on, by_hand=False, set_at=NOW, rules_version=2)


def by_hand(tag: str, *, is_on: bool = True) -> Mark:
    return Mark(lead_id=uuid4(), tag=tag, is_on=is_on, by_hand=True, set_by=ANNA, set_at=NOW)


def tagged(lead: Lead, held: Marks) -> tuple[Lead, Events, dict[str, bool]]:
    lead, events, changed = tag_by_rules(lead, held, tagging=TAGGING, now=NOW)
    return lead, events, {mark.tag: mark.is_on for mark in changed}


def test_a_rule_puts_its_tag_on_and_says_so():
    lead = make.lead(attributes={"wants": "pump"})

    after, [said], changed = tagged(lead, {})

    assert changed == {"big": True, "pumps": True}
    assert isinstance(said, LeadTagged)
    assert (said.tags, said.needs, said.added) == (("big", "pumps"), ("pumps",), ("big", "pumps"))
    assert (said.tagged_by, after.sequence) == (None, lead.sequence + 1)


@pytest.mark.parametrize(
    ("held", "changed"),
    [
        pytest.param({}, {"big": True}, id="it-goes-on"),
        pytest.param(marks(by_rule("big")), {}, id="it-stays-on"),
        pytest.param(marks(by_rule("big", is_on=False)), {"big": True}, id="it-goes-on-again"),
        pytest.param(marks(by_hand("big", is_on=False)), {}, id="a-person-took-it-off"),
        pytest.param(marks(by_hand("big")), {}, id="a-person-put-it-on-before"),
        pytest.param(
            marks(by_rule("big"), by_rule("pumps")), {"pumps": False}, id="it-goes-off-again"
        ),
        pytest.param(
            marks(by_rule("big"), by_hand("pumps")), {}, id="what-a-person-put-on-does-not"
        ),
    ],
)
def test_rules_leave_alone_what_a_person_decided(held: Marks, changed: dict[str, bool]):
    _, events, said = tagged(make.lead(), held)

    assert said == changed
    assert len(events) == bool(changed)


def test_a_lead_that_goes_on_as_another_is_not_tagged():
    lead = make.lead(state="merged")

    assert tagged(lead, {}) == (lead, (), {})
    with pytest.raises(LeadIsOver):
        tag_by_hand(lead, {}, {"big": True}, tagging=TAGGING, by=ANNA, now=NOW)


def test_a_hand_puts_on_what_no_rule_does():
    _, [said], [mark] = tag_by_hand(
        make.lead(), {}, {"friend": True}, tagging=TAGGING, by=ANNA, now=NOW
    )

    assert isinstance(said, LeadTagged)
    assert (said.tagged_by, said.added) == (ANNA, ("friend",))
    assert (mark.by_hand, mark.set_by, mark.set_at, mark.rules_version) == (True, ANNA, NOW, None)


def test_a_hand_that_confirms_a_rule_changes_nothing_but_whose_decision_it_is():
    lead = make.lead()

    after, events, [mark] = tag_by_hand(
        lead, marks(by_rule("big")), {"big": True}, tagging=TAGGING, by=ANNA, now=NOW
    )

    assert (after, events) == (lead, ())
    assert mark.by_hand


def test_the_same_by_hand_again_is_nothing():
    _, events, changed = tag_by_hand(
        make.lead(), marks(by_hand("big")), {"big": True}, tagging=TAGGING, by=uuid4(), now=NOW
    )

    assert (events, changed) == ((), ())


@pytest.mark.parametrize("is_on", [True, False])
def test_only_words_of_the_vocabulary_are_tags(is_on: bool):
    with pytest.raises(NoSuchTag):
        tag_by_hand(make.lead(), {}, {"huge": is_on}, tagging=TAGGING, by=ANNA, now=NOW)


def test_a_word_that_left_the_vocabulary_can_be_taken_off_but_not_put_on():
    held = marks(by_hand("huge"))

    _, [said], _ = tag_by_hand(
        make.lead(), held, {"huge": False}, tagging=TAGGING, by=ANNA, now=NOW
    )

    assert isinstance(said, LeadTagged)
    assert said.removed == ("huge",)
    with pytest.raises(NoSuchTag):
        tag_by_hand(make.lead(), held, {"huge": True}, tagging=TAGGING, by=ANNA, now=NOW)


def test_a_file_puts_nothing_back_that_a_person_took_off():
    held = marks(by_hand("big", is_on=False), by_rule("pumps", is_on=False))

    assert leave_out_decided(["big", "pumps", "friend"], held) == {"pumps": True, "friend": True}


def test_a_rehearsal_says_what_each_tag_gains_and_loses_and_who():
    rich, poor = make.lead(), make.lead(company_key="")
    leads = [
        Candidate(
            id=lead.id,
            company_name=name,
            owner_id=None,
            signals={**lead.signals, "company_name": name},
            touched_at=NOW,
            won=None,
        )
        for lead, name in ((rich, "Acme"), (poor, "Other"))
    ]
    held = {rich.id: {}, poor.id: marks(by_rule("big"), by_hand("friend"))}

    found = rehearse(leads, held, tried=TAGGING, who=1)

    assert [(tag.tag, tag.before, tag.after, tag.gained, tag.lost) for tag in found.tags] == [
        ("big", 1, 1, 1, 1),
        ("friend", 1, 1, 0, 0),
    ]
    assert (found.leads, found.moved, len(found.who)) == (2, 2, 1)
    assert found.who[0].added == ("big",)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"tags": [{"name": "a"}, {"name": "a"}]}, id="a-word-twice"),
        pytest.param({"rules": [{"tag": "a", "when": "true"}]}, id="a-rule-for-no-word"),
        pytest.param({"tags": [{"name": " "}]}, id="a-blank-word"),
    ],
)
def test_a_vocabulary_has_to_make_sense(body: dict[str, JsonValue]):
    with pytest.raises(ValidationError):
        check(body)


def test_a_condition_that_is_none_is_named():
    with pytest.raises(RulesDoNotCompile) as refused:
        check({"tags": [{"name": "a"}], "rules": [{"tag": "a", "when": "compny == 1"}]})

    assert refused.value.errors[0].pointer == "/rules/0/when"


def test_a_lead_that_goes_on_takes_what_people_put_on_the_other_and_gives_it_back():
    survivor, gone = make.lead(company_key=""), uuid4()
    theirs = [
        replace(by_hand("friend"), lead_id=gone),
        replace(by_hand("big", is_on=False), lead_id=gone),
        replace(by_rule("pumps"), lead_id=gone),
    ]

    _, [said], taken = inherit(survivor, {}, theirs, tagging=TAGGING, now=NOW)
    _, [back], given = give_back(survivor, marks(*taken), gone, tagging=TAGGING, now=NOW)

    assert isinstance(said, LeadTagged)
    assert isinstance(back, LeadTagged)
    assert [(mark.tag, mark.set_by, mark.taken_from) for mark in taken] == [("friend", ANNA, gone)]
    assert (said.added, back.removed) == (("friend",), ("friend",))
    assert [(mark.is_on, mark.by_hand, mark.taken_from) for mark in given] == [(False, False, None)]


def test_what_was_decided_since_a_merge_is_not_given_back():
    lead, gone = make.lead(), uuid4()
    held = marks(by_hand("friend"))

    assert give_back(lead, held, gone, tagging=TAGGING, now=NOW) == (lead, (), ())
