"""What is kept of a failure tells what it was, and nothing that was sent."""

import pytest

from shared import evidence
from shared.refusals import Conflict


class TooMany(Conflict):
    """There are {count} of them."""


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        pytest.param(TooMany(count=3), "TooMany: There are 3 of them.", id="a rule"),
        pytest.param(ValueError("李雷 13812341234"), "ValueError", id="a bug"),
    ],
)
def test_only_what_a_rule_says_is_kept_in_full(raised: Exception, says: str):
    assert evidence.in_short(raised) == says


def test_a_log_says_where_it_was_and_not_with_which_values():
    said = evidence.describe(ValueError("李雷 13812341234"))

    assert said["reason"] == "ValueError"
    assert "李雷" not in repr(said)
