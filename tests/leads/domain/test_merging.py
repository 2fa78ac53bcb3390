"""Two records become one, field by field, and two again."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.leads.domain import merging
from services.leads.domain.lead import Lead
from services.leads.domain.merging import Merged
from services.leads.domain.merging_contacts import Contacts
from services.leads.domain.merging_customers import Customers
from services.leads.domain.merging_leads import Leads
from services.leads.domain.refusals import (
    ConvertedLeadGoesOn,
    MergedIntoAnother,
    OwnerWouldBeLost,
    SameRecord,
    StandsAbove,
    WithdrawnAgain,
)
from shared.contracts.leads import CustomerFacts, LeadFacts, LeadMerged, LeadUnmerged
from shared.refusals import Refused
from tests.leads import make

NOW = make.NOW
LEADS = Leads(scoring=make.scoring())
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


def merge(mine: Lead = MINE, theirs: Lead = THEIRS, *take: str) -> Merged[Lead]:
    return merging.merge(LEADS, mine, theirs, take=take, by=ANNA, now=NOW)


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
        LEADS, edited, done.gone, taken=done.taken, state="qualified", by=ANNA, now=NOW
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
def test_what_cannot_become_one_is_refused(mine: Lead, theirs: Lead, refused: type[Refused]):
    with pytest.raises(refused):
        merge(mine, theirs)


HERE, THERE = make.customer("恒达水务"), make.customer("恒达")
BUYER = make.contact(
    customer_id=HERE.id,
    roles={HERE.id: "采购"},
    person=make.person(name="李雷", mobile="13800138000"),
)
ADVISER = make.contact(
    customer_id=THERE.id,
    roles={THERE.id: "顾问"},
    person=make.person(name="李磊", mail="l@x.com"),
    attributes={"birthday_gift": "tea"},
)


def test_a_contact_goes_on_for_another_and_speaks_for_all_their_organisations():
    done = merging.merge(Contacts(), BUYER, ADVISER, by=ANNA, now=NOW)

    assert done.survivor.roles == {HERE.id: "采购", THERE.id: "顾问"}
    assert (done.survivor.person.name, done.survivor.person.mail) == ("李雷", "l@x.com")
    assert done.survivor.attributes == {"birthday_gift": "tea"}
    assert done.gone.merged_into == BUYER.id
    assert [event.type for event in done.said] == ["contact.updated.v1", "contact.linked.v1"]


def test_unmerged_contacts_speak_for_their_own_organisations_again():
    done = merging.merge(Contacts(), BUYER, ADVISER, by=ANNA, now=NOW)

    apart = merging.unmerge(
        Contacts(), done.survivor, done.gone, taken=done.taken, state="", by=ANNA, now=NOW
    )

    assert replace(apart.survivor, sequence=BUYER.sequence) == BUYER
    assert replace(apart.gone, sequence=ADVISER.sequence) == ADVISER


def test_a_withdrawn_contact_is_not_merged():
    with pytest.raises(WithdrawnAgain):
        merging.merge(Contacts(), BUYER, replace(ADVISER, withdrawn_at=NOW), by=ANNA, now=NOW)


def test_a_customer_takes_what_it_lacks_and_gives_it_back():
    theirs = replace(THERE, facts=CustomerFacts(name="恒达", region="江苏"))
    done = merging.merge(Customers(), HERE, theirs, by=ANNA, now=NOW)

    apart = merging.unmerge(
        Customers(), done.survivor, done.gone, taken=done.taken, state="", by=ANNA, now=NOW
    )

    assert (done.survivor.facts.region, done.gone.merged_into) == ("江苏", HERE.id)
    assert (apart.survivor.facts.region, apart.gone.merged_into) == ("", None)


def test_nobody_comes_to_stand_above_itself_by_a_merge():
    below = replace(HERE, parent_id=THERE.id)

    with pytest.raises(StandsAbove):
        merging.merge(
            Customers(above={HERE.id: THERE.id, THERE.id: None}), below, THERE, by=ANNA, now=NOW
        )


def test_what_came_to_stand_below_a_merged_customer_meanwhile_stays_there_when_it_comes_back():
    # 恒达 stood below its holding, which was hung below 恒达水务 while that went on for 恒达.
    holding = make.customer("恒达控股")
    gone = replace(THERE, parent_id=holding.id, merged_into=HERE.id)
    above = {holding.id: THERE.id, THERE.id: HERE.id, HERE.id: None}

    apart = merging.unmerge(
        Customers(above=above), HERE, gone, taken={}, state="", by=ANNA, now=NOW
    )

    assert apart.gone.parent_id is None
    assert [event.type for event in apart.gone_said] == [
        "customer.unmerged.v1",
        "customer.moved.v1",
    ]
