"""Measures, by hand."""

import pytest

from services.leads.domain.learning.quality import auc, brier, calibration_error, deciles


@pytest.mark.parametrize(
    ("scores", "won", "expected"),
    [
        pytest.param([0.1, 0.9], [False, True], 1.0, id="right"),
        pytest.param([0.9, 0.1], [False, True], 0.0, id="wrong"),
        pytest.param([0.5, 0.5], [False, True], 0.5, id="equal"),
        pytest.param([0.1, 0.4, 0.4, 0.8], [False, True, False, True], 0.875, id="half a pair"),
        pytest.param([0.1, 0.9], [True, True], None, id="nobody lost"),
        pytest.param([], [], None, id="nobody"),
    ],
)
def test_the_share_of_pairs_that_are_ranked_right(
    scores: list[float], won: list[bool], expected: float | None
):
    assert auc(scores, won) == expected


def test_the_distance_between_what_was_said_and_what_happened():
    assert brier([0.8, 0.4], [True, False]) == pytest.approx((0.04 + 0.16) / 2)
    assert brier([], []) is None


def test_a_score_that_says_a_half_of_leads_that_never_win_is_off_by_a_half():
    tenths = deciles([0.5] * 20, [False] * 20)

    assert [tenth.leads for tenth in tenths] == [2] * 10
    assert calibration_error(tenths) == 0.5


def test_few_leads_fill_few_tenths():
    assert [tenth.leads for tenth in deciles([0.1, 0.2, 0.3], [True, False, True])] == [1, 1, 1]
    assert calibration_error(deciles([], [])) is None
