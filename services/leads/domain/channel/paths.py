"""Where a value is in what a sender sent: `data.answers[name=phone].values[0]`.

A name steps into an object, `[2]` into a list, `[*]` into each of its items, and `[name=phone]` into
those items whose `name` is `phone`. A name with dots or brackets is written in quotes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue

_STEP = re.compile(
    r"""(?:^|\.)"(?P<quoted>[^"]+)" | (?:^|\.)(?P<name>[^."\[\]]+)
      | \[(?P<at>\d{1,6})\] | (?P<each>\[\*\]) | \[(?P<key>[^\[\]="]+)=(?P<wanted>[^\[\]"]*)\]""",
    re.VERBOSE,
)


class NotAPath(ValueError):
    """The text does not say where anything is."""


@dataclass(frozen=True)
class _Step:
    name: str | None = None
    at: int | None = None
    key: str | None = None
    wanted: str = ""

    def take(self, value: JsonValue) -> Iterator[JsonValue]:
        if self.name is not None:
            if isinstance(value, dict) and self.name in value:
                yield value[self.name]
        elif isinstance(value, list):
            yield from self._items(value)

    def _items(self, items: list[JsonValue]) -> list[JsonValue]:
        if self.at is not None:
            return items[self.at : self.at + 1]
        if self.key is not None:
            return [item for item in items if isinstance(item, dict) and self._fits(item)]
        return items

    def _fits(self, item: dict[str, JsonValue]) -> bool:
        return str(item.get(self.key or "", "")) == self.wanted


def find(value: JsonValue, path: str) -> list[JsonValue]:
    """Everything at this place; nothing when there is no such place."""
    found = [value]
    for step in steps_of(path):
        found = [inner for outer in found for inner in step.take(outer)]
    return found


@lru_cache(maxsize=4096)
def steps_of(path: str) -> tuple[_Step, ...]:
    """The steps of a path; raises `NotAPath`."""
    steps: list[_Step] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise NotAPath(f"{path!r} is not a path at {path[position : position + 20]!r}")
        steps.append(_step(step))
        position = step.end()
    return tuple(steps)


def _step(found: re.Match[str]) -> _Step:
    if found["at"] is not None:
        return _Step(at=int(found["at"]))
    if found["key"] is not None:
        return _Step(key=found["key"], wanted=found["wanted"])
    if found["each"]:
        return _Step()
    return _Step(name=found["quoted"] or found["name"])
