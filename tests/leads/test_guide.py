"""The examples of the guides of `leads`, run from the first to the last."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.leads import make
from tests.leads.office import Caller, Office

GUIDES = Path(__file__).parents[2] / "docs" / "api"
BLOCK = re.compile(r"```http\n(.+?)\n```", re.DOTALL)
ACCEPTED = 202


@dataclass
class Example:
    """A request, and the status it is answered with."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int


def examples(guide: str | Path) -> Iterator[Example]:
    """What a guide of `docs/api` shows, in its order."""
    for block in BLOCK.findall((GUIDES / guide).read_text(encoding="utf-8")):
        head, *body, status = block.split("\n\n")
        request, *headers = head.splitlines()
        method, path = request.split(" ")
        yield Example(
            method=method,
            path=path,
            headers=dict(line.split(": ") for line in headers),
            body="".join(body),
            status=int(status),
        )


def filled(text: str, known: Mapping[str, str]) -> str:
    """An example with what earlier answers have told in its places."""
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@pytest.mark.parametrize("guide", ["leads.md", "scoring.md", "nurture.md"])
async def test_the_guide_s_examples_are_answered_as_it_says(office: Office, guide: str):
    both = make.staff("Eva", unit_id=make.UNIT, role="operator")
    eva = Caller(office.world, both.model_copy(update={"roles": ("operator", "manager")}))
    await office.hear(eva.person)
    known: dict[str, str] = {}

    for example in examples(guide):
        path, body = filled(example.path, known), filled(example.body, known)
        caller = office.olga if example.headers.pop("As", "") else eva
        answer = await caller.send(
            example.method, path, content=body.encode(), headers=example.headers
        )

        assert answer.status_code == example.status, (example, answer.text)
        if path == "/leads":
            said = answer.json()
            known = {**said, **known, "submission_id": said["submission_id"]}
            known["last_id"] = said.get("id", "")
        if answer.status_code == ACCEPTED and "id" in answer.json():
            known["training_id"] = answer.json()["id"]
            await office.world.advance()
