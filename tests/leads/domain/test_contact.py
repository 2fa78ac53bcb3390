"""A person speaks for one organisation or several."""

from uuid import uuid4

import pytest

from services.leads.domain import contact
from services.leads.domain.refusals import LastOrganisation, NotLinked
from tests.leads import make

HERE, THERE = uuid4(), uuid4()
LILEI = make.contact(customer_id=HERE, roles={HERE: "采购"})


def types(events: contact.Events) -> list[str]:
    return [event.type for event in events]


def test_a_contact_speaks_for_one_more_organisation():
    linked, events = contact.link(LILEI, THERE, role="顾问", now=make.NOW)

    assert linked.roles == {HERE: "采购", THERE: "顾问"}
    assert types(events) == ["contact.linked.v1"]


def test_another_role_is_a_change_and_the_same_role_is_none():
    changed, events = contact.link(LILEI, HERE, role="总监", now=make.NOW)

    assert types(events) == ["contact.updated.v1"]
    assert contact.link(changed, HERE, role="总监", now=make.NOW) == (changed, ())


def test_whoever_leaves_the_first_organisation_belongs_to_the_next():
    linked, _ = contact.link(LILEI, THERE, role="", now=make.NOW)

    gone, events = contact.unlink(linked, HERE, now=make.NOW)

    assert (gone.customer_id, gone.roles) == (THERE, {THERE: ""})
    assert types(events) == ["contact.unlinked.v1"]


def test_the_last_organisation_is_not_left():
    with pytest.raises(LastOrganisation):
        contact.unlink(LILEI, HERE, now=make.NOW)


def test_what_one_does_not_speak_for_is_not_left():
    with pytest.raises(NotLinked):
        contact.unlink(LILEI, THERE, now=make.NOW)


def test_what_is_known_already_says_nothing():
    assert contact.revise(LILEI, LILEI.person, attributes={}, now=make.NOW) == (LILEI, ())
