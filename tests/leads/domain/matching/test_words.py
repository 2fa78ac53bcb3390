"""Texts fall into the words that are compared."""

import pytest

from services.leads.domain.matching.words import Manner, words_of


@pytest.mark.parametrize(
    ("manner", "text", "words"),
    [
        pytest.param("person", "王小明", ("王", "小明"), id="Chinese name"),
        pytest.param("person", "欧阳修", ("欧阳", "修"), id="surname of two characters"),
        pytest.param("person", "王工", ("王",), id="title after a surname"),
        pytest.param("person", "Dr. Lachlan O'Brien", ("lachlan", "obrien"), id="Latin name"),
        pytest.param(
            "company", "苏州恒达水务(集团)股份有限公司", ("苏州", "恒达", "水务", "集团"), id="Chinese company"
        ),
        pytest.param("company", "华为技术有限公司", ("华为", "技术"), id="no place"),
        pytest.param("company", "北京大学", ("北京", "大学"), id="no legal form"),
        pytest.param("company", "KKP - Little Tykes II", ("kkp", "little", "tykes", "2"), id="Latin"),
        pytest.param(
            "address",
            "江苏省苏州市星湖街328号3号楼201室",
            ("江苏省", "苏州市", "星湖街", "328", "3", "201"),
            id="Chinese address",
        ),
        pytest.param("address", "25 W. 47th Street", ("25", "w", "47", "th", "st"), id="Latin address"),
        pytest.param("phone", "010-62345678转801", ("+861062345678",), id="phone with extension"),
        pytest.param("phone", "6234 5678", ("62345678",), id="phone without area code"),
        pytest.param("mail", "Li+news@X.com", ("li@x.com",), id="mailbox"),
        pytest.param("region", "江苏省", ("江苏",), id="region"),
        pytest.param("whole", "1908-12-09", ("19081209",), id="whole"),
        pytest.param("whole", " — ", (), id="nothing but a dash"),
        pytest.param("person", "", (), id="nothing said"),
    ],
)  # fmt: skip
def test_a_text_falls_into_words(manner: Manner, text: str, words: tuple[str, ...]):
    assert words_of(manner, text) == words
