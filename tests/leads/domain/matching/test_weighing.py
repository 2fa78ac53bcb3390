"""What speaks for one party, what against, and what follows from it."""

import pytest

from services.leads.domain.matching.weighing import are_alike
from tests.leads.domain.matching.records import bits, portrait, verdict


def test_a_rare_surname_says_more_than_a_common_one():
    rare = verdict(portrait(name="亓官大山"), portrait(name="亓官大山"))
    common = verdict(portrait(name="王大山"), portrait(name="王大山"))

    assert bits(rare, "name") > bits(common, "name")


def test_a_phone_that_many_share_says_little():
    one, other = portrait(phone="010-62345678"), portrait(phone="010-62345678")
    switchboard = [portrait(phone="010-62345678")] * 60

    assert bits(verdict(one, other, *switchboard), "phone") < bits(verdict(one, other), "phone") - 5


def test_a_phone_alone_joins_no_organisations():
    one = portrait(company_name="恒达水务有限公司", phone="010-62345678")
    other = portrait(company_name="远东机械有限公司", phone="010-62345678")

    assert verdict(one, other).decision != "join"


def test_a_name_alone_joins_nobody():
    assert verdict(portrait(name="司徒景行"), portrait(name="司徒景行")).decision != "join"


def test_what_agrees_in_three_ways_and_contradicts_in_none_joins_by_itself():
    one = portrait(company_name="苏州恒达水务有限公司", phone="0512-62881234", name="司徒景行")
    other = portrait(company_name="恒达水务", phone="051262881234", name="司徒景行")

    assert verdict(one, other).decision == "join"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": "慕容复"}, id="another person"),
        pytest.param({"company_name": "远东机械有限公司"}, id="another company"),
        pytest.param({"credit_code": "9144030071526726XG"}, id="another credit code"),
        pytest.param({"address": "星湖街328号201室"}, id="a room that the other leaves out"),
    ],
)
def test_a_contradiction_is_for_people_to_judge(change: dict[str, str]):
    known = {
        "company_name": "苏州恒达水务有限公司",
        "phone": "0512-62881234",
        "mail": "situ@hengda.cn",
        "name": "司徒景行",
        "credit_code": "91330100799655058B",
        "address": "星湖街328号",
    }

    assert verdict(portrait(**known), portrait(**known)).decision == "join"
    assert verdict(portrait(**known), portrait(**{**known, **change})).decision == "ask"


def test_branches_with_another_number_are_others():
    one, other = portrait(company_name="恒达 幼儿园 5"), portrait(company_name="恒达 幼儿园 3")

    found = verdict(one, other)

    assert [finding.level for finding in found.findings] == ["differs"]


def test_what_is_missing_speaks_neither_for_nor_against():
    one = portrait(name="司徒景行", mail="situ@hengda.cn")
    other = portrait(name="司徒景行", mail="situ@hengda.cn", phone="13800138000", region="江苏")

    assert {finding.comparison for finding in verdict(one, other).findings} == {"name", "mail"}


def test_the_bits_add_up_to_the_verdict():
    one = portrait(name="司徒景行", company_name="恒达水务", phone="13800138000")
    other = portrait(name="司徒景兴", company_name="恒达水务集团", phone="13900139000")

    found = verdict(one, other)

    assert found.bits == pytest.approx(
        found.prior + sum(finding.bits for finding in found.findings), abs=0.01
    )


def test_weighing_is_the_same_in_both_directions():
    one = portrait(name="司徒景行", address="星湖街328号", company_name="恒达水务")
    other = portrait(name="景行 司徒", address="苏州星湖街328号2楼", company_name="苏州恒达科技")

    assert verdict(one, other).bits == verdict(other, one).bits


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param("madeline", "madelyne", True, id="a letter"),
        pytest.param("smith", "jones", False, id="other names"),
        pytest.param("13800138000", "13800138001", True, id="a digit"),
        pytest.param("328", "329", False, id="house numbers"),
        pytest.param("字节跳动", "字节跳劢", True, id="a character"),
        pytest.param("恒达", "衡达", True, id="by ear"),
        pytest.param("恒达", "恒通", False, id="two characters"),
        pytest.param("王", "汪", False, id="one character"),
    ],
)
def test_a_slip_of_the_pen_is_told_from_another_word(one: str, other: str, alike: bool):
    assert are_alike(one, other) is alike
