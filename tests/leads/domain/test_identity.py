"""When two submissions are the same lead."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from services.leads.domain.identity import Holder, Key, Newcomer, keys_of, meet, settle
from services.leads.domain.person import Person
from shared.contracts.base import ExternalId
from tests.leads import make

PHONE, OTHER_PHONE = Key("phone", "+8613800138000"), Key("phone", "+8613900139000")
MAIL = Key("mail", "zhang@x.com")


def ends_as(newcomers: Sequence[Newcomer], known: dict[Key, UUID]) -> tuple[UUID, ...]:
    """The leads that newcomers end as when these keys are held before."""
    meeting = meet(newcomers)
    held = {
        key: Holder(known.get(key, leader), key not in known)
        for key, leader in meeting.asked.items()
    }
    return settle(meeting, held).leads


def newcomer(*keys: Key) -> Newcomer:
    return Newcomer(id=uuid4(), keys=keys)


@pytest.mark.parametrize(
    ("external", "person", "kinds"),
    [
        pytest.param("7", make.person(mobile="13800138000"), ["external", "phone"], id="mobile"),
        pytest.param("", make.person(mobile="010-62345678"), [], id="a landline joins nothing"),
        pytest.param("", make.person(mobile="4008208820"), [], id="a 400 number joins nothing"),
        pytest.param("", make.person(mail="zhang@x.com"), ["mail"], id="mail"),
        pytest.param("", make.person(name="张三"), [], id="a name joins nothing"),
    ],
)
def test_a_lead_goes_by_what_belongs_to_one_person(external: str, person: Person, kinds: list[str]):
    known_as = ExternalId(system="crm", id=external) if external else None

    assert [key.kind for key in keys_of(known_as, person)] == kinds


def test_a_newcomer_nobody_knows_is_a_lead_of_its_own():
    one = newcomer(PHONE, MAIL)

    assert ends_as([one], {}) == (one.id,)


def test_newcomers_without_keys_never_join():
    one, other = newcomer(), newcomer()

    assert ends_as([one, other], {}) == (one.id, other.id)


def test_a_newcomer_joins_the_lead_that_its_most_telling_key_names():
    by_phone, by_mail = uuid4(), uuid4()

    assert ends_as([newcomer(PHONE, MAIL)], {PHONE: by_phone, MAIL: by_mail}) == (by_phone,)


def test_newcomers_of_one_batch_join_the_first_of_them():
    first, second, third = newcomer(PHONE), newcomer(PHONE, MAIL), newcomer(MAIL)

    assert ends_as([first, second, third], {}) == (first.id,) * 3


def test_a_whole_group_joins_the_lead_that_one_of_them_is_known_as():
    known = uuid4()

    assert ends_as([newcomer(PHONE), newcomer(PHONE, MAIL)], {MAIL: known}) == (known, known)


def test_whoever_bridges_two_newcomers_does_not_make_them_one():
    one, other = newcomer(PHONE), newcomer(MAIL)

    assert ends_as([one, other, newcomer(PHONE, MAIL)], {}) == (one.id, other.id, one.id)


def test_keys_are_asked_for_in_one_order_whatever_the_order_of_arrival():
    forwards = meet([newcomer(PHONE), newcomer(OTHER_PHONE), newcomer(MAIL)])
    backwards = meet([newcomer(MAIL), newcomer(OTHER_PHONE), newcomer(PHONE)])

    assert list(forwards.asked) == list(backwards.asked)


def test_a_key_claimed_by_whoever_joins_an_older_lead_becomes_that_lead_s():
    known, one = uuid4(), newcomer(PHONE, MAIL)
    held = {PHONE: Holder(known, False), MAIL: Holder(one.id, True)}

    assert settle(meet([one]), held).moved == {MAIL: known}
