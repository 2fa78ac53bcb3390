"""Phone numbers are written one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.domain import phone


@pytest.mark.parametrize(
    ("written", "number", "kind"),
    [
        pytest.param("13800138000", "+8613800138000", "mobile", id="mobile"),
        pytest.param("138 0013-8000", "+8613800138000", "mobile", id="spaces and dashes"),
        pytest.param("０１３８００１３８０００", "+8613800138000", "mobile", id="full width"),
        pytest.param("0086-13800138000", "+8613800138000", "mobile", id="0086"),
        pytest.param("+852 5123 4567", "+85251234567", "mobile", id="Hong Kong"),
        pytest.param("010-62345678", "+861062345678", "landline", id="landline"),
        pytest.param("(021)6234 5678", "+862162345678", "landline", id="area code in brackets"),
        pytest.param("010-62345678转801", "+861062345678;ext=801", "landline", id="转 extension"),
        pytest.param("010-62345678-801", "+861062345678;ext=801", "landline", id="- extension"),
        pytest.param("(0512)6288-1234", "+8651262881234", "landline", id="four-digit area code"),
        pytest.param("+86 (0)10 6234 5678", "+861062345678", "landline", id="zero in brackets"),
        pytest.param("0086 512 62881234", "+8651262881234", "landline", id="0086 landline"),
        pytest.param("0755－８８８８８８８８", "+8675588888888", "landline", id="full width dash"),
        pytest.param("0512-6288 1234 分机 12", "+8651262881234;ext=12", "landline", id="分机"),
        pytest.param("010 6234 5678 内线801", "+861062345678;ext=801", "landline", id="内线"),
        pytest.param("021-6234-5678 ext. 801", "+862162345678;ext=801", "landline", id="ext."),
        pytest.param("010-62345678/801", "+861062345678;ext=801", "landline", id="/ extension"),
        pytest.param("(0512)62881234#801", "+8651262881234;ext=801", "landline", id="# extension"),
        pytest.param("400-820-8820转3", "+864008208820;ext=3", "shared", id="400 with extension"),
        pytest.param("400-820-8820", "+864008208820", "shared", id="400 number"),
        pytest.param("+86 400 820 8820", "+864008208820", "shared", id="400 with country"),
        pytest.param("086-13800138000", "+8613800138000", "mobile", id="086"),
        pytest.param("(86)138.0013.8000", "+8613800138000", "mobile", id="dots"),
        pytest.param("138_0013_8000", "+8613800138000", "mobile", id="underscores"),
        pytest.param("手机：13800138000", "+8613800138000", "mobile", id="with a word before"),
        pytest.param("13800138000(微信同号)", "+8613800138000", "mobile", id="with a remark"),
        pytest.param("8008208820", "+868008208820", "shared", id="800 number"),
        pytest.param("+1 415 555 2671", "+14155552671", "landline", id="may be a landline"),
    ],
)
def test_a_number_is_recognised_however_it_is_written(
    written: str, number: str, kind: phone.PhoneKind
):
    assert phone.parse(written) == phone.Phone(number=number, kind=kind)


@pytest.mark.parametrize(
    "written",
    ["1380013800", "138001380001", "12345", "张三", "", "+", "+999 12345678", "1" * 200],
    ids=["short", "long", "too short", "a name", "blank", "plus", "no such country", "endless"],
)
def test_what_cannot_be_dialled_is_no_number(written: str):
    assert phone.parse(written) is None


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        pytest.param("62345678", "The area code is missing", id="local"),
        pytest.param("6234-5678", "The area code is missing", id="local with a dash"),
        pytest.param("95588", "A phone number has more digits than this", id="service number"),
        pytest.param("1" * 16, "A phone number has at most 15 digits", id="endless"),
        pytest.param(
            "13800138000/13900139000",
            "These are several phone numbers; give one of them",
            id="two of them",
        ),
        pytest.param("12300138000", "There is no such phone number", id="not in the plan"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(written: str, trouble: str):
    assert phone.parse(written) is None
    assert phone.trouble(written) == trouble


WRITTEN = st.from_regex(r"(\+|00)?[0-9０-９ ()-]{3,18}((转|;ext=|x|-)[0-9]{1,6})?", fullmatch=True)


@given(written=st.one_of(WRITTEN, st.text(max_size=40)))
def test_a_number_written_our_way_is_read_the_same_again(written: str):
    number = phone.parse(written)

    if number is not None:
        assert phone.parse(number.number) == number


@given(
    prefix=st.sampled_from(["", "+86", "0086", "+86 ", "0086-", "0"]),
    first=st.integers(min_value=100, max_value=199),
    rest=st.tuples(st.integers(min_value=0, max_value=9999), st.integers(0, 9999)),
    marks=st.tuples(*[st.sampled_from(["", " ", "-"])] * 2),
)
def test_a_plain_mobile_is_what_the_numbering_plan_says(
    prefix: str, first: int, rest: tuple[int, int], marks: tuple[str, str]
):
    written = f"{prefix}{first}{marks[0]}{rest[0]:04d}{marks[1]}{rest[1]:04d}"

    assert phone.parse(written) == phone._parse(written)


@given(
    area=st.one_of(st.integers(10, 29), st.integers(100, 999)),
    mark=st.sampled_from(["", " ", "-"]),
    line=st.integers(min_value=1_000_000, max_value=99_999_999),
)
def test_a_plain_landline_is_what_the_numbering_plan_says(area: int, mark: str, line: int):
    written = f"0{area}{mark}{line}"

    assert phone.parse(written) == phone._parse(written)
