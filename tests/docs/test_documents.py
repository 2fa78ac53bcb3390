"""What is written down is so: links lead somewhere, tests and commands that are named exist."""

import re
from pathlib import Path

import pytest
import typer.main

from shangji.__main__ import build

CHECKOUT = Path(__file__).parents[2]
READMES = [CHECKOUT / "README.md", CHECKOUT / "README.zh.md"]
GUARANTEES = CHECKOUT / "docs" / "guarantees.md"
PAGES = [*READMES, CHECKOUT / "ARCHITECTURE.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]

LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert lost == []


def test_every_promise_is_held_by_tests_that_exist() -> None:
    held: list[tuple[str, str]] = []
    for part in re.split(r"\]\(\.\./(?=tests/)", GUARANTEES.read_text())[1:]:
        file = part[: part.index(")")]
        held += [(file, name) for name in re.findall(r"`(test_\w+)`", part)]

    lost = [
        f"{file}::{name}"
        for file, name in held
        if not re.search(rf"def {name}\(", (CHECKOUT / file).read_text())
    ]
    assert len(held) > 30
    assert lost == []


def test_every_fault_has_a_test_or_is_said_not_to_be_tried() -> None:
    named = re.findall(r"\bF\d\d\b", GUARANTEES.read_text())

    assert sorted(set(named)) == [f"F{number:02}" for number in range(1, 33)]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    known = typer.main.get_command(build()).commands  # pyright: ignore[reportAttributeAccessIssue] - a group

    named = set(re.findall(r"(?:`|^|\$\()shangji (\w[\w-]*)", page.read_text(), re.MULTILINE))

    assert named <= set(known)
    assert named >= set(known) - {"setup"}


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_every_target_of_make_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"(?:`|^)make ([\w-]+)", page.read_text(), re.MULTILINE))

    assert named
    assert named <= targets


def test_both_languages_say_the_same() -> None:
    english, chinese = (page.read_text() for page in READMES)

    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    assert len(re.findall("^#", english, re.MULTILINE)) == len(
        re.findall("^#", chinese, re.MULTILINE)
    )
    for shown in (LINK, re.compile(r"SHANGJI_[A-Z_]+")):
        assert set(shown.findall(english)) - {"README.zh.md"} == set(shown.findall(chinese)) - {
            "README.md"
        }
