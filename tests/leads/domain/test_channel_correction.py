"""A mapping that was wrong: what was misread is put right, and nothing else is touched."""

import pytest

from services.leads.domain.channel.correction import Misread, correct
from services.leads.domain.intake import Reading
from tests.leads import make
from tests.leads.make import NOW

SAID = make.reading(name="Acme", company_name="李雷", source="ad", attributes={"a": 1.0, "b": "x"})
MEANT = make.reading(name="李雷", company_name="Acme", source="ad", attributes={"a": 2.0})


def corrected(said: Reading = SAID, meant: Reading = MEANT, **held: object):
    lead = make.lead(
        **{
            "facts": said.facts,
            "person": said.person,
            "attributes": said.attributes,
            "company_key": said.company_key,
            **held,
        }
    )
    misread = Misread(said=said, meant=meant, effect="created")
    return correct(lead, misread, scoring=make.scoring(), now=NOW)


def test_what_was_misread_is_put_right():
    lead, events = corrected()

    assert (lead.person.name, lead.facts.company_name) == ("李雷", "Acme")
    assert (lead.attributes, lead.company_key) == ({"a": 2.0}, MEANT.company_key)
    assert [event.type for event in events] == ["lead.updated.v1"]


def test_what_somebody_wrote_since_stays():
    lead, _ = corrected(person=make.person(name="李雷雷"), attributes={"a": 9.0, "c": "mine"})

    assert lead.person.name == "李雷雷"
    assert lead.attributes == {"a": 9.0, "c": "mine"}


def test_what_is_blank_is_filled():
    lead, _ = corrected(person=make.person())

    assert lead.person.name == "李雷"


def test_what_was_right_emits_nothing():
    _, events = corrected(meant=SAID)

    assert events == ()


def test_a_wish_not_to_be_contacted_is_never_taken_back():
    said = make.reading(name="x", do_not_call=True)

    lead, _ = corrected(said=said, meant=make.reading(name="x"))

    assert lead.facts.do_not_call is True


@pytest.mark.parametrize(
    ("effect", "said", "meant", "is_of_another"),
    [
        ("duplicate", "sales@acme.com", "lilei@x.com", True),
        ("duplicate", "lilei@x.com", "lilei@x.com", False),
        ("created", "sales@acme.com", "lilei@x.com", False),
        ("duplicate", "sales@acme.com", "", False),
    ],
)
def test_who_joined_by_a_key_they_never_had_is_somebody_else(
    effect: str, said: str, meant: str, is_of_another: bool
):
    misread = Misread(
        said=make.reading(mail=said),
        meant=make.reading(mail=meant),
        effect=effect,  # pyright: ignore[reportArgumentType] - a table of texts
    )

    assert misread.is_of_another is is_of_another
