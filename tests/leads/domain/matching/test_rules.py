"""Duplicate rules that cannot be meant are refused."""

import pytest
from pydantic import ValidationError

from services.leads.domain.matching.defaults import DUPLICATES
from services.leads.domain.matching.rules import DuplicateRules

BODY = DUPLICATES.model_dump(mode="json")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"join": 1, "ask": 2}, id="joins sooner than it asks"),
        pytest.param({"comparisons": []}, id="compares nothing"),
        pytest.param({"comparisons": BODY["comparisons"][:1] * 2}, id="the same name twice"),
        pytest.param({"expected": 0}, id="expects nothing"),
        pytest.param({"colour": "red"}, id="unknown"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(change: dict[str, object]):
    with pytest.raises(ValidationError):
        DuplicateRules.model_validate({**BODY, **change})


def test_the_rules_of_an_empty_enterprise_can_be_stored_and_read_again():
    assert DuplicateRules.model_validate(BODY) == DUPLICATES
