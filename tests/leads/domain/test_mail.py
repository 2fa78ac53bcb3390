"""Mail addresses are written one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.domain import mail


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param("zhang@x.com", "zhang@x.com", id="plain"),
        pytest.param(" Zhang@X.COM ", "zhang@x.com", id="case and space"),
        pytest.param("ｚｈａｎｇ＠ｘ．ｃｏｍ", "zhang@x.com", id="full width"),
        pytest.param("张三@例子.中国", "张三@例子.中国", id="international"),
        pytest.param("anna@example.test", "anna@example.test", id="test domain"),
        pytest.param("张三 <Zhang@x.com>", "zhang@x.com", id="from a letter"),
        pytest.param("mailto:zhang@x.com", "zhang@x.com", id="from a link"),
    ],
)
def test_an_address_is_recognised_however_it_is_written(written: str, address: str):
    assert mail.parse(written) == address


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        pytest.param("li+news@x.com", "li@x.com", id="with a tag"),
        pytest.param("li@x.com", "li@x.com", id="without"),
        pytest.param("l.i@x.com", "l.i@x.com", id="dots count"),
        pytest.param("l.i+a@gmail.com", "li@gmail.com", id="not at Gmail"),
        pytest.param("li@googlemail.com", "li@gmail.com", id="Gmail by its other name"),
        pytest.param("+news@x.com", "+news@x.com", id="nothing but a tag"),
    ],
)
def test_addresses_that_lead_to_one_mailbox_are_one(address: str, mailbox: str):
    assert mail.mailbox(address) == mailbox


@pytest.mark.parametrize("written", ["zhang", "zhang@", "@x.com", "a b@x.com", "", "a@localhost"])
def test_what_cannot_be_written_to_is_no_address(written: str):
    assert mail.parse(written) is None


@given(written=st.one_of(st.emails(), st.text(max_size=40)))
def test_an_address_written_our_way_is_read_the_same_again(written: str):
    address = mail.parse(written)

    if address is not None:
        assert mail.parse(address) == address


PLAIN = st.from_regex(r"[a-zA-Z0-9._-]{1,12}@([a-z0-9-]{1,8}[.]){1,3}[a-z0-9]{1,6}", fullmatch=True)
SPECIAL = st.sampled_from(["test", "onion", "local", "com", "cn"])


@given(written=st.one_of(PLAIN, st.builds("{}.{}".format, PLAIN, SPECIAL)))
def test_a_plain_address_is_what_a_closer_look_says(written: str):
    assert mail.parse(written) == mail._parse(written)
