"""What a test has put into a topic: strangers are left out, records of ours are not."""

from collections.abc import Iterator

import pytest

from shangji.verify.equations.check import answer
from shangji.verify.equations.truth import TRUTH
from shangji.verify.findings import Verdict
from shangji.verify.scratch import FIRST, Scratch, open_scratch

DEAL = ("d", None, "open", "open", 100, "CNY", "o", "u", None)


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    """One deal of ours, said once by us and again by a test."""
    with open_scratch() as opened:
        said = ("e", "d", 1, "opportunity.opened.v1", "", "d", 0, "{}")
        opened.add(
            "record", [("opportunity", 0, 0, 0, 1, *said), ("opportunity", 0, 1, 1, 1, *said)]
        )
        opened.add("folded_deal", [(*DEAL, 0)])
        for table in ("deal", "seen_deal"):
            opened.add(table, [DEAL])
        yield opened


def broken(scratch: Scratch) -> set[str]:
    scratch.script(FIRST)
    verdict = Verdict()
    for check in TRUTH:
        if "amounts" in check.says:
            answer(check, scratch, verdict)
    return set(verdict.broken)


def test_a_deal_that_a_test_said_again_still_counts(scratch: Scratch):
    assert broken(scratch) == set()


def test_a_deal_that_a_test_said_again_is_missed_when_it_is_gone(scratch: Scratch):
    scratch.script("DELETE FROM seen_deal")

    assert broken(scratch) == {"C8"}


def test_a_deal_that_only_a_test_speaks_of_does_not_count(scratch: Scratch):
    stranger = ("e2", "s", 1, "opportunity.opened.v1", "", "s", 0, "{}")
    scratch.add("record", [("opportunity", 0, 2, 1, 1, *stranger)])
    scratch.add("seen_deal", [("s", *DEAL[1:])])

    assert broken(scratch) == set()
