"""How it reads."""

from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from services.notifications import wording
from services.notifications.domain.notice import KINDS, Kind
from services.notifications.domain.preference import Language
from shared.contracts.base import SubjectKind
from tests.notifications import make
from tests.notifications.make import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("subject_kind", get_args(SubjectKind))
@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("kind", KINDS)
def test_every_notice_can_be_said_whatever_is_not_known(
    kind: Kind, language: Language, subject_kind: SubjectKind
):
    bare = make.told(kind=kind, language=language, subject_kind=subject_kind, company="")

    said = wording.words(bare, zone=SHANGHAI)

    assert said.title
    assert "{" not in said.title + said.body


def test_a_new_owner_learns_what_it_is_and_until_when():
    said = wording.words(make.told(due_at=NOW), zone=SHANGHAI)

    assert said.title == "新线索归你跟进：远东轴承"
    assert said.body == "线索“远东轴承”现在由你负责。请在 2026-03-04 10:00 前首次跟进。"


def test_a_sentence_about_what_is_not_known_is_left_out():
    said = wording.words(make.told(language="en", company="Acme"), zone=SHANGHAI)

    assert said.body == "You now own the lead “Acme”."


def test_a_won_deal_tells_its_worth_and_its_owner():
    deal = make.told(
        kind="deal_won",
        language="en",
        company="Acme",
        colleague="Anna",
        amount=Decimal("1200000.00"),
        currency="CNY",
    )

    said = wording.words(deal, zone=SHANGHAI)

    assert said.body == "The deal with “Acme” is won. Amount: 1,200,000.00 CNY. Owner: Anna."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("Acme\r\nBcc: all@example.com", "Acme Bcc: all@example.com", id="line breaks"),
        pytest.param("A\u202ecod.exe", "A cod.exe", id="text turned around"),
        pytest.param("  远东   轴承 ", "远东 轴承", id="blanks"),
        pytest.param("{company.__class__}", "{company.__class__}", id="a template"),
        pytest.param("商" * 500, "商" * 79 + "…", id="endless"),
    ],
)
def test_a_name_from_outside_is_only_a_name(name: str, said: str):
    words = wording.words(make.told(company=name), zone=SHANGHAI)

    assert words.title == f"新线索归你跟进：{said}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "原因：没有团队负责该区域（华中）；已达持有上限；moon_in_retrograde。"),
        (
            "en",
            "Reasons: no team serves the region (华中); caps on open leads are reached; "
            "moon_in_retrograde.",
        ),
    ],
)
def test_reasons_are_said_in_words_where_there_are_words_for_them(language: Language, said: str):
    codes = ("region_not_served:华中", "open_cap_reached", "moon_in_retrograde")
    lead = make.told(kind="lead_unassigned", language=language, reasons=codes)

    assert wording.words(lead, zone=SHANGHAI).body.endswith(said)
