"""A 统一社会信用代码 is known by its form and its check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.domain import credit_code

REAL = "9144030071526726XG"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(REAL, id="plain"),
        pytest.param(REAL.lower(), id="small letters"),
        pytest.param("９１４４０３００７１５２６７２６ＸＧ", id="full width"),
        pytest.param("91440300 71526726-XG", id="separators"),
    ],
)
def test_a_code_is_written_one_way(written: str):
    assert credit_code.parse(written) == REAL


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("9144030071526726XH", id="check digit"),
        pytest.param("9144030071526726X", id="short"),
        pytest.param("440301103097413", id="old registration number"),
        pytest.param("91440300715267O6XG", id="a letter that is not used"),
        pytest.param("", id="blank"),
    ],
)
def test_what_is_no_code_is_refused(written: str):
    assert credit_code.parse(written) is None


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST = st.from_regex(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{9}}", fullmatch=True)


@given(first=FIRST, place=st.integers(0, 16), other=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(first: str, place: int, other: str):
    code = first + credit_code.check_digit(first)
    wrong = code[:place] + other + code[place + 1 :]

    assert credit_code.parse(code) == code
    assert wrong == code or credit_code.parse(wrong) is None
