"""Two leads become one, field by field, and two again."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.leads.domain import merging
from services.leads.domain.refusals import (
    ConvertedLeadGoesOn,
    MergedIntoAnother,
    OwnerWouldBeLost,
    SameRecord,
)
from shared.contracts.leads import LeadFacts, LeadMerged, LeadUnmerged
from shared.refusals import Refused
from tests.leads import make

NOW = make.NOW
SCORING = make.scoring()
ANNA = uuid4()
MINE = make.lead(
    facts=LeadFacts(channel="website", company_name="恒达水务", region="江苏"),
    person=make.person(name="司徒景行", mobile="13800138000"),
)
THEIRS = make.lead(
    facts=LeadFacts(channel="phone", company_name="恒达集团", industry="水务", do_not_call=True),
    person=make.person(name="景行", mobile="13900139000", mail="s@x.com"),
    state="qualified",
)


def merge(mine: merging.Lead = MINE, theirs: merging.Lead = THEIRS, *take: str) -> merging.Merged:
    return merging.merge(mine, theirs, take=take, scoring=SCORING, by=ANNA, now=NOW)


def test_blanks_are_filled_and_what_is_known_stays():
    done = merge()

    assert done.survivor.facts.industry == "水务"
    assert done.survivor.person.mail == "s@x.com"
    assert done.survivor.facts.company_name == "恒达水务"
    assert done.survivor.person.name == "司徒景行"


def test_what_is_chosen_is_taken_from_the_other():
    done = merge(MINE, THEIRS, "company_name", "phone")

    assert done.survivor.facts.company_name == "恒达集团"
    assert done.survivor.company_key == "恒达集团"
    assert done.survivor.person.phone == THEIRS.person.phone


def test_a_blank_that_is_chosen_takes_nothing_away():
    assert merge(MINE, THEIRS, "region").survivor.facts.region == "江苏"


def test_a_wish_not_to_be_called_holds_whoever_said_it():
    assert merge().survivor.facts.do_not_call


def test_both_say_what_happened_each_under_its_own_sequence():
    done = merge()

    [merged] = done.gone_said
    assert isinstance(merged, LeadMerged)
    assert (merged.lead_id, merged.into_id) == (THEIRS.id, MINE.id)
    assert done.gone.sequence == THEIRS.sequence + 1
    assert done.survivor.sequence == MINE.sequence + len(done.said)


def test_undoing_gives_back_what_still_stands_and_keeps_what_was_edited():
    done = merge(MINE, THEIRS, "company_name")
    edited = replace(
        done.survivor, facts=done.survivor.facts.model_copy(update={"industry": "环保"})
    )

    apart = merging.unmerge(
        edited, done.gone, taken=done.taken, state="qualified", scoring=SCORING, by=ANNA, now=NOW
    )

    assert apart.survivor.facts.company_name == "恒达水务"
    assert apart.survivor.person.mail == ""
    assert apart.survivor.facts.industry == "环保"
    assert replace(apart.gone, sequence=THEIRS.sequence) == THEIRS
    assert isinstance(apart.gone_said[0], LeadUnmerged)


@pytest.mark.parametrize(
    ("mine", "theirs", "refused"),
    [
        pytest.param(MINE, MINE, SameRecord, id="with itself"),
        pytest.param(replace(MINE, state="merged"), THEIRS, MergedIntoAnother, id="a merged one"),
        pytest.param(MINE, replace(THEIRS, state="merged"), MergedIntoAnother, id="merged already"),
        pytest.param(
            MINE,
            replace(THEIRS, state="converted", customer_id=uuid4()),
            ConvertedLeadGoesOn,
            id="the converted one ends",
        ),
        pytest.param(MINE, replace(THEIRS, owner_id=ANNA), OwnerWouldBeLost, id="an owner is lost"),
    ],
)
def test_what_cannot_become_one_is_refused(
    mine: merging.Lead, theirs: merging.Lead, refused: type[Refused]
):
    with pytest.raises(refused):
        merge(mine, theirs)
