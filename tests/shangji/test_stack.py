"""Where commands find the stack that they talk to."""

from pathlib import Path

import pytest

from shangji.errors import StartRefused
from shangji.names import SERVICES
from shangji.stack import NotRunning, Stack

OTHERS = {
    **{f"SHANGJI_{service.upper()}_URL": f"http://{service}:8000/" for service in SERVICES},
    "SHANGJI_TOKEN_PRIVATE_KEY": "/keys/token.json",
    "SHANGJI_READONLY_URL": "postgresql://reader@db/shangji",
}


def test_a_stack_that_others_run_is_named_by_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OTHERS.items():
        monkeypatch.setenv(name, value)

    stack = Stack.read()

    assert stack.url("leads") == "http://leads:8000"
    assert stack.readonly_url == "postgresql://reader@db/shangji"
    assert stack.token_private_key == Path("/keys/token.json")


def test_a_stack_that_is_named_by_halves_is_refused() -> None:
    halves = {**OTHERS, "SHANGJI_ANALYTICS_URL": "", "SHANGJI_READONLY_URL": ""}

    with pytest.raises(StartRefused, match="SHANGJI_ANALYTICS_URL, SHANGJI_READONLY_URL to be set"):
        Stack.named_by(halves)


def test_a_home_without_a_stack_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="start it with `shangji up`"):
        Stack.read(tmp_path)
