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
        pytest.param("恒达 水务 有限 公司", "恒达水务有限公司", id="spaces between characters"),
        pytest.param("恒达水务(集团)股份有限公司", "恒达水务集团有限公司", id="集团 in brackets"),
        pytest.param("大疆创新科技有限公司（总部）", "大疆创新科技", id="head office"),
        pytest.param("Bosch GmbH & Co. KG", "BOSCH GMBH", id="two German forms"),
        pytest.param("Foo S.p.A.", "foo", id="Italian legal form"),
        pytest.param("Acme Pvt. Ltd.", "Acme Private Limited", id="Indian legal form"),
        pytest.param("L'Oréal S.A.", "LOREAL SA", id="accents"),
        pytest.param("株式会社ソニー", "ソニー株式会社", id="Japanese legal form at either end"),
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
        pytest.param("万科股份有限公司", "万科股份有限公司苏州分公司", id="a branch office"),
        pytest.param("恒达投资有限公司", "恒达投资(有限合伙)", id="a partnership"),
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
        pytest.param("万科企业股份有限公司苏州分公司", "万科企业", id="branch office"),
        pytest.param("中国银行股份有限公司上海市分行", "中国银行", id="branch of a bank"),
        pytest.param("海尔集团（青岛）有限公司", "海尔", id="group and city in brackets"),
        pytest.param("上海恒达投资中心(有限合伙)", "恒达投资中心", id="partnership"),
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
