"""Putting notices together into as few messages of the robot as will hold them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

LONGEST_POST = 2048
"""Bytes of text that WeCom takes; what is longer, it refuses."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One notice as a line of a message."""

    notice_id: UUID
    text: str


def pack(lines: Iterable[Line], *, longest: int = LONGEST_POST) -> Iterator[list[Line]]:
    """Lines in their order, as many to a message as fit."""
    held: list[Line] = []
    size = 0
    for line in lines:
        length = len(line.text.encode()) + 1
        if held and size + length > longest:
            yield held
            held, size = [], 0
        held.append(line)
        size += length
    if held:
        yield held


def text_of(lines: Iterable[Line], *, longest: int = LONGEST_POST) -> str:
    """The message; one that is too long even alone is cut between two characters."""
    text = "\n".join(line.text for line in lines)
    if len(text.encode()) <= longest:
        return text
    cut = text.encode()[: longest - len("…".encode())]
    return cut.decode(errors="ignore") + "…"
