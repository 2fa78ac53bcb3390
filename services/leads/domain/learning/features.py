"""What is known of a lead at intake, as one flat row, and how a value of it is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

Value = str | float | bool | None
"""Nothing when nobody said or measured it."""
Row = Mapping[str, Value]

_HELD_OUT_OF_256 = 64
_MOSTLY = 0.95


@dataclass(frozen=True, kw_only=True)
class Example:
    """A lead as it came in, and whether it was won; nothing while it is open."""

    lead_id: UUID
    captured_at: datetime
    known: Row
    won: bool | None

    @property
    def is_held_out(self) -> bool:
        """A quarter of all leads is never learned from; which one an id is in never changes."""
        return sha256(self.lead_id.bytes).digest()[0] < _HELD_OUT_OF_256


def number_of(value: Value) -> float | None:
    """A number where numbers are expected, also one that was written as text."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return None if value is None or value != value else float(value)


def text_of(value: Value) -> str | None:
    """A value as one of several; blank is nothing."""
    match value:
        case None | "":
            return None
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _:
            return f"{value:g}"


def is_numeric(values: Sequence[Value]) -> bool:
    """True when nearly everything that was said is a number."""
    numbers = sum(
        isinstance(value, float | int) and not isinstance(value, bool) for value in values
    )
    said = sum(text_of(value) is not None for value in values)
    return said > 0 and numbers >= _MOSTLY * said


def names_of(rows: Sequence[Row], excluded: Sequence[str]) -> list[str]:
    """Everything that any row speaks of, without what is declared to be filled in later."""
    found = {name for row in rows for name in row}
    return sorted(found.difference(excluded))
