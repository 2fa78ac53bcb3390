"""What a client was told: one JSON object a line, written by whoever sent the commands.

    {"key": …, "status": "ok" | "unknown" | "refused", "method": "POST", "path": "/leads",
     "principal": …, "response_id": …}

`unknown` is a command whose answer never came. Commands to the addresses of the ledger that are not
in it are phantoms; with a `principal`, only those of the same principal.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shangji.verify.scratch import Scratch
from shangji.verify.topics import Row


class LedgerUnreadable(Exception):
    """A line of the ledger is not what it should be; the message says which."""


class Told(BaseModel):
    """One command, and what its sender knows of it."""

    model_config = ConfigDict(extra="ignore")

    key: str = Field(min_length=1)
    principal: str | None = None
    status: Literal["ok", "unknown", "refused"]
    method: str
    path: str
    response_id: str | None = None


def load(scratch: Scratch, path: Path) -> int:
    """Copy the ledger, each command under the route it went to; how many commands there are."""
    scopes = [row[0] for row in scratch.ask("SELECT DISTINCT scope FROM answer")]
    scratch.add("told", _rows(path, {scope: _pattern(scope) for scope in scopes}))
    return scratch.number("SELECT count(*) FROM told")


def _rows(path: Path, routes: dict[str, re.Pattern[str]]) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                told = Told.model_validate_json(line)
            except ValidationError as problem:
                first = problem.errors(include_url=False, include_input=False)[0]
                raise LedgerUnreadable(f"line {number} of {path}: {first['msg']}") from problem
            called = f"{told.method} {told.path.partition('?')[0]}"
            scope = next((name for name, fits in routes.items() if fits.fullmatch(called)), called)
            yield (number, told.key, told.principal, told.status, scope, told.response_id)


def _pattern(scope: str) -> re.Pattern[str]:
    """The addresses of a route such as `POST /leads/{lead_id}/convert`."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(scope)))
