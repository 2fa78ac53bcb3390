"""The same company is recognised although people write it in many ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.domain import company


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("华为技术有限公司", "华为技术", id="legal form left out"),
        pytest.param("华为技术有限公司", "华为技术有限责任公司", id="legal form in full"),
        pytest.param("腾讯科技（深圳）有限公司", "腾讯科技(深圳)有限公司", id="brackets"),
        pytest.param("ＡＢＣ 贸易有限公司", "abc贸易有限公司", id="width, case and space"),
        pytest.param("Acme Co., Ltd.", "ACME Company Limited", id="English legal form"),
        pytest.param("Acme Corp", "Acme Corporation", id="short and long"),
    ],
)
def test_names_of_one_company_come_down_to_one_key(one: str, other: str):
    assert company.parse(one).key == company.parse(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("上海万达商贸有限公司", "北京万达商贸有限公司", id="another region"),
        pytest.param("腾讯科技（深圳）有限公司", "腾讯科技（北京）有限公司", id="another branch"),
        pytest.param("华为技术有限公司", "华为终端有限公司", id="another business"),
        pytest.param("有限公司", "公司", id="nothing but a legal form"),
    ],
)
def test_names_of_different_companies_have_different_keys(one: str, other: str):
    assert company.parse(one).key != company.parse(other).key


@pytest.mark.parametrize(
    ("name", "core"),
    [
        pytest.param("北京字节跳动科技有限公司", "字节跳动科技", id="city"),
        pytest.param("广东省深圳市大疆创新科技有限公司", "大疆创新科技", id="province and city"),
        pytest.param("新疆维吾尔自治区天山乳业股份有限公司", "天山乳业", id="autonomous region"),
        pytest.param("吉林市化工有限公司", "化工", id="the longer place wins"),
        pytest.param("上海公司", "上海", id="a place alone stays"),
        pytest.param("", "", id="blank"),
    ],
)
def test_the_core_leaves_out_the_region(name: str, core: str):
    assert company.parse(name).core == core


def test_a_name_is_shown_in_half_width_with_single_spaces():
    assert company.parse("  ＡＣＭＥ　 Ｃｏ．，Ｌｔｄ． ").shown == "ACME Co.,Ltd."


PARTS = st.sampled_from(
    ["北京", "吉林市", "有限公司", "（中国）", "Acme", " Co., Ltd.", "集团", "-", "①"]
)


@given(name=st.one_of(st.lists(PARTS).map("".join), st.text(max_size=40)))
def test_a_name_shown_our_way_is_recognised_the_same_again(name: str):
    called = company.parse(name)

    assert company.parse(called.shown) == called
