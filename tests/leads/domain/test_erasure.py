"""What is left of somebody who is forgotten, and how they are found where nothing refers to them."""

from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import quote_plus
from uuid import uuid4

import orjson
import pytest

from services.leads.domain.bant import Bant
from services.leads.domain.contact import Contact
from services.leads.domain.erasure import Sought, digest, erase_contact, erase_lead
from services.leads.domain.finding import Finding
from services.leads.domain.person import Person
from shared.contracts.leads import ContactErased, LeadDisqualified, LeadErased
from tests.leads import make
from tests.leads.make import NOW

LI = make.person(name="李雷", mobile="13812341234", mail="li.lei@example.com", notes="后天再打")
ACME = make.reading(company_name="苏州恒达水务有限公司").facts
LEAD = replace(
    make.lead(), person=LI, facts=ACME, attributes={"wechat": "lilei_88", "qq": 812341234.0}
)
SOUGHT = Sought.of([LEAD], [])


def test_nothing_of_the_person_is_left():
    known = replace(LEAD, bant=Bant(need=Finding(evidence="yes", said_by="李雷")), score=40)

    erased, events = erase_lead(known, by=None, now=NOW)

    assert (erased.person, erased.attributes, erased.bant) == (Person(), {}, Bant())
    assert (erased.facts, erased.score, erased.is_erased) == (ACME, 40, True)
    assert [type(event) for event in events] == [LeadDisqualified, LeadErased]
    assert erased.sequence == known.sequence + 2
    assert "李雷" not in repr((erased, events))


def test_how_a_lead_ended_is_not_erased():
    won = replace(LEAD, state="converted", outcome="won", customer_id=uuid4())

    erased, events = erase_lead(won, by=None, now=NOW)

    assert (erased.state, erased.outcome, erased.customer_id) == (
        "converted",
        "won",
        won.customer_id,
    )
    assert [type(event) for event in events] == [LeadErased]


def test_a_contact_is_somebody_whom_nobody_knows():
    contact = Contact(
        id=uuid4(), sequence=1, customer_id=uuid4(), person=LI, unit_id=make.UNIT, added_at=NOW
    )

    erased, [event] = erase_contact(contact, now=NOW)

    assert (erased.person, erased.sequence) == (Person(), 2)
    assert event == ContactErased(contact_id=contact.id, erased_at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("call 13812341234", id="number"),
        pytest.param("+86 138-1234-1234", id="number in groups"),
        pytest.param("１３８１２３４１２３４", id="number in full width"),
        pytest.param("Li.Lei@Example.com", id="address"),
        pytest.param("wechat: LiLei_88", id="name in another network"),
        pytest.param("qq 812341234", id="number in another network"),
        pytest.param("李雷，苏州恒达水务有限公司", id="name beside the company"),
    ],
)
def test_a_text_that_names_somebody_is_found(text: str):
    assert SOUGHT.is_in(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("李雷", id="a name that many bear"),
        pytest.param("苏州恒达水务有限公司", id="a company that many work for"),
        pytest.param("13812341235", id="another number"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_text_that_may_be_about_others_is_not(text: str):
    assert not SOUGHT.is_in(text)


def mail_of(text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "post@example.com", "询价"
    message.set_content(text, charset="gb18030", cte="base64")
    return message.as_bytes()


NAMED = "李雷 苏州恒达水务有限公司"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(orjson.dumps({"who": NAMED}), "application/json", id="JSON"),
        pytest.param(NAMED.encode("unicode_escape"), "application/json", id="JSON, escaped"),
        pytest.param(quote_plus(NAMED).encode(), "application/x-www-form-urlencoded", id="form"),
        pytest.param(NAMED.encode("gbk"), "text/csv", id="GBK"),
        pytest.param(mail_of(NAMED), "message/rfc822", id="mail"),
    ],
)
def test_they_are_found_however_it_was_written_down(body: bytes, content_type: str):
    assert SOUGHT.is_in_body(body, content_type)
    assert not SOUGHT.is_in_body(body[:9], content_type)


def test_a_certificate_that_was_changed_has_another_digest():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
