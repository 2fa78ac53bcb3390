from typing import Any

import pytest

from services.opportunities.domain.pipeline import InvalidPipeline, parse
from tests.opportunities.domain.deals import condition

FIRST: dict[str, Any] = {"key": "first", "probability": 0.1, "next": ["won", "lost"]}
WON: dict[str, Any] = {"key": "won", "kind": "won", "probability": 1}
LOST: dict[str, Any] = {"key": "lost", "kind": "lost", "probability": 0}


def body(*stages: dict[str, Any]) -> dict[str, Any]:
    return {"name": {"zh": "测试"}, "stages": list(stages)}


@pytest.mark.parametrize(
    ("when", "pointed_at"),
    [
        ("amount >", "/stages/0/gate/1/when"),
        ("amuont > 1.0", "/stages/0/gate/1/when"),
        ("amount > 'much'", "/stages/0/gate/1/when"),
        ("amount + 1.0", "/stages/0/gate/1/when"),
    ],
    ids=["half a condition", "an unknown name", "a wrong type", "not a yes or no"],
)
def test_a_condition_that_could_not_be_judged_is_refused_when_it_is_saved(
    when: str, pointed_at: str
) -> None:
    gate = [condition("fine", "has_customer"), condition("broken", when)]

    with pytest.raises(InvalidPipeline) as refused:
        parse(body(FIRST | {"gate": gate}, WON, LOST))

    assert [error.pointer for error in refused.value.errors] == [pointed_at]
    assert refused.value.errors[0].reason


@pytest.mark.parametrize(
    "stages",
    [
        (FIRST, WON),
        (FIRST, WON, LOST, LOST),
        (FIRST, FIRST, WON, LOST),
        (WON, FIRST, LOST),
        (FIRST | {"next": ["nowhere"]}, WON, LOST),
        (FIRST, WON | {"next": ["first"]}, LOST),
        (FIRST | {"probability": 1.5}, WON, LOST),
        (FIRST | {"surprise": 1}, WON, LOST),
    ],
    ids=[
        "no way to lose",
        "two ways to lose",
        "two stages of one key",
        "begins at its end",
        "leads nowhere",
        "goes on after its end",
        "more than certain",
        "an unknown field",
    ],
)
def test_a_pipeline_that_does_not_hold_together_is_refused(stages: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidPipeline):
        parse(body(*stages))
