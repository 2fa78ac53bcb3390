"""Which attributes are a person's."""

import pytest

from services.leads.domain.privacy import is_personal, parted
from services.leads.domain.scoring import Signal


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("wechat", "lilei_88", id="WeChat"),
        pytest.param("微信号", "lilei_88", id="WeChat in Chinese"),
        pytest.param("qq", 12345678.0, id="QQ"),
        pytest.param("external_userid", "woAJ2GCAAAXtWyujaWJHDDGi0mACas1w", id="WeCom"),
        pytest.param("second_phone", "", id="another number"),
        pytest.param("联系人", "李雷", id="another name"),
        pytest.param("first_name", "Lei", id="given name"),
        pytest.param("born_on", "19631006", id="birthday"),
        pytest.param("soc_sec_id", "5304218", id="social security"),
        pytest.param("answer", "call 138 1234 1234 please", id="a number in a text"),
        pytest.param("answer", "lilei@example.com", id="an address in a text"),
    ],
)
def test_what_tells_who_somebody_is_is_theirs(name: str, value: Signal):
    assert is_personal(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("total_visits", 12.0, id="a count"),
        pytest.param("site_name", "summer fair", id="name of a page"),
        pytest.param("advertiser", "远东", id="who advertised"),
        pytest.param("last_activity", "Email Opened", id="what they did last"),
        pytest.param("order", "20260302-000017", id="an order's number"),
        pytest.param("newsletter", True, id="a wish"),
        pytest.param("email_opened", "twice", id="what became of a mail"),
        pytest.param("phone", 3.0, id="how often they called"),
    ],
)
def test_what_was_measured_is_everybodys(name: str, value: Signal):
    assert not is_personal(name, value)


def test_attributes_are_parted_without_losing_any():
    attributes: dict[str, Signal] = {"wechat": "lilei_88", "total_visits": 3.0}

    assert parted(attributes) == ({"total_visits": 3.0}, {"wechat": "lilei_88"})
