"""Reading what a sender tells us."""

import pytest
from pydantic import ValidationError

from services.leads.domain.intake import Telling, read


def test_every_value_is_written_one_way():
    told = Telling.model_validate(
        {
            "name": " 李　雷 ",
            "phone": "138-0013-8000",
            "mail": "LiLei@X.com",
            "company_name": "ＡＣＭＥ（上海）有限公司",
            "source": " baidu ",
        }
    )

    reading, errors = read(told, channel="website")

    assert errors == ()
    assert reading.person.name == "李 雷"
    assert reading.person.phone is not None
    assert reading.person.phone.number == "+8613800138000"
    assert reading.person.mail == "lilei@x.com"
    assert reading.facts.company_name == "ACME(上海)有限公司"
    assert reading.facts.source == "baidu"


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        pytest.param({"phone": "12345", "name": "李雷"}, ["/phone"], id="phone"),
        pytest.param({"mail": "nobody", "name": "李雷"}, ["/mail"], id="mail"),
        pytest.param(
            {"phone": "1", "mail": "x", "name": "李雷"}, ["/phone", "/mail"], id="each of both"
        ),
        pytest.param(
            {"credit_code": "914403001922038217", "name": "李雷"},
            ["/credit_code"],
            id="credit code",
        ),
        pytest.param({"source": "baidu"}, [""], id="nobody"),
    ],
)
def test_bad_values_are_named_field_by_field(said: dict[str, str], pointers: list[str]):
    _, errors = read(Telling.model_validate(said), channel="api")

    assert [error.pointer for error in errors] == pointers


def test_the_sender_s_own_id_is_enough_to_be_a_lead():
    told = Telling.model_validate({"external": {"system": "x_education", "id": "660737"}})

    assert read(told, channel="import")[1] == ()


@pytest.mark.parametrize(
    ("said", "region"),
    [
        pytest.param({"region": "华东", "address": "北京市海淀区"}, "华东", id="said"),
        pytest.param({"address": "苏州市工业园区星湖街328号"}, "江苏", id="address"),
        pytest.param({"phone": "0571-88888888"}, "浙江", id="landline"),
        pytest.param({"address": "南京西路1号", "phone": "021-62345678"}, "上海", id="a street"),
        pytest.param({"phone": "13800138000"}, "全国", id="a mobile may be anywhere"),
    ],
)
def test_a_region_that_is_not_said_is_found(said: dict[str, str], region: str):
    told = Telling.model_validate({"name": "李雷", **said})

    assert read(told, channel="phone", default_region="全国")[0].facts.region == region


def test_a_lead_without_a_region_takes_the_channel_s():
    told = Telling(name="李雷")

    assert read(told, channel="phone", default_region="华东")[0].facts.region == "华东"


@pytest.mark.parametrize(
    "said",
    [
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"attributes": {"": 1}},
        {"attributes": {str(number): number for number in range(101)}},
        {"nickname": "Lei"},
        {"external": {"system": "crm", "id": ""}},
    ],
    ids=["too long", "NUL", "nameless", "too many", "unknown field", "blank id"],
)
def test_what_cannot_be_kept_is_not_taken(said: dict[str, object]):
    with pytest.raises(ValidationError):
        Telling.model_validate(said)
