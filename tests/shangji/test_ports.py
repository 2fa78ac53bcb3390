"""Which port a name gets."""

import socket
from pathlib import Path

import pytest

from shangji import ports
from shangji.errors import StartRefused
from shangji.home import Home


def test_a_port_is_remembered_for_the_next_start(tmp_path: Path) -> None:
    first = ports.settle(Home(tmp_path), ["anything"], print)

    assert ports.settle(Home(tmp_path), ["anything"], print) == first


def test_a_remembered_port_that_is_taken_is_replaced_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    first = ports.settle(Home(tmp_path), ["anything"], said.append)["anything"]

    with socket.create_server((ports.LOOPBACK, first)):
        second = ports.settle(Home(tmp_path), ["anything"], said.append)["anything"]

    assert second != first
    assert said == [f"Port {first} of anything is taken by another program; it uses {second} now."]


def test_no_two_names_share_a_port(tmp_path: Path) -> None:
    chosen = ports.settle(Home(tmp_path), [f"name{number}" for number in range(20)], print)

    assert len(set(chosen.values())) == 20


@pytest.mark.parametrize("value", ["", "http", "0", "65536", "-1"])
def test_a_configured_port_must_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SHANGJI_LEADS_PORT", value or " ")

    with pytest.raises(StartRefused, match="SHANGJI_LEADS_PORT"):
        ports.settle(Home(tmp_path), ["leads"], print)
