"""Statements that need no answer wait for one another, and go to PostgreSQL as one."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

_ARGUMENT = re.compile(r"\$(\d+)")


class Conclusion:
    """What a transaction has still to write, in the order in which it was said."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[str, Sequence[Any]] = {}

    def __contains__(self, sql: str) -> bool:
        return sql in self._waiting

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, sql: str, args: Sequence[Any]) -> None:
        """Let one more statement wait."""
        self._waiting[sql] = args

    def forget(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()

    def take(self) -> tuple[str, list[Any]]:
        """All that waits as one statement with its arguments; after that nothing waits."""
        counted = tuple((sql, len(args)) for sql, args in self._waiting.items())
        args = list(chain.from_iterable(self._waiting.values()))
        self._waiting.clear()
        return together(counted), args


@lru_cache(maxsize=1024)
def together(statements: tuple[tuple[str, int], ...]) -> str:
    """One statement for several, each with its number of arguments, which are numbered on."""
    if len(statements) == 1:
        return statements[0][0]
    parts: list[str] = []
    before = 0
    for place, (sql, arguments) in enumerate(statements, start=1):
        parts.append(f"step_{place} AS ({_numbered_on(sql, before)})")
        before += arguments
    return f"WITH {', '.join(parts)} SELECT"


def _numbered_on(sql: str, before: int) -> str:
    return _ARGUMENT.sub(lambda found: f"${int(found[1]) + before}", sql)
