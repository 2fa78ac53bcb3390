"""CSV text as records that survive what files contain: giant cells, open quotes, broken bytes."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from shared.imports.content import Spool
from shared.imports.refusals import UnreadableFile

MAX_CELL = 32_000
LONGEST_LINE = 1024 * 1024
_LINES_IN_A_RECORD = 2_000
_OPEN_QUOTES = 200
_ABOVE = 8
"""So many lines are looked through for the header."""
_DELIMITERS = (",", "\t", ";", "|")

csv.field_size_limit(4 * LONGEST_LINE)


@dataclass(frozen=True)
class Record:
    """One row as it stands in the file; with a problem, it is rejected whatever it says."""

    row: int
    cells: tuple[str, ...]
    problem: str = ""


class _Runaway(Exception):
    """A quoted cell does not end, or not soon."""


class _Lines:
    """Lines for the CSV reader, remembered since the last whole record so that they can be put back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= _LINES_IN_A_RECORD or self._size > LONGEST_LINE:
            raise _Runaway
        line = self._again.popleft() if self._again else self._read()
        if not line:
            if _leaves_a_quote_open(self._taken):
                raise _Runaway
            raise StopIteration
        self._size += len(line) if self._taken else 0
        self._taken.append(line)
        return line

    def _read(self) -> str:
        """One line; of an overlong one the beginning, so that its giant cell can be named."""
        line = self._text.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            return line
        while rest := self._text.readline(LONGEST_LINE):
            if rest.endswith(("\n", "\r")):
                break
        return line + ('"\n' if _leaves_a_quote_open([line]) else "\n")

    def whole(self) -> None:
        """What was taken is one record."""
        self._taken.clear()
        self._size = 0

    def skip_giant(self, delimiter: str, width: int) -> list[str] | None:
        """The lines of a record without most of its giant cell; nothing if that cell never ends.

        The lines within tell a giant cell from a quotation mark that nobody closed: those of the
        latter are rows. So does the next mark: the one that ends a cell stands before a delimiter.
        """
        first, *within = self._taken
        rows = sum(line.count(delimiter) == width - 1 for line in within)
        if 2 * rows > len(within):
            return None
        here, mark = self._text.tell(), None
        waiting = iter(tuple(self._again))
        while mark is None and (line := next(waiting, "") or self._text.readline(LONGEST_LINE)):
            mark = _odd_marks(line)
        behind = mark.string[mark.end() :] if mark else "?"
        if mark is None or (behind and not behind.startswith((delimiter, "\r", "\n"))):
            self._text.seek(here)
            return None
        self._again = deque(waiting)
        self.whole()
        return [first, *within, "x" * (MAX_CELL + 1) + mark.string[mark.start() :]]

    def put_back(self) -> str:
        """Give up on the first line taken; the others will be read again."""
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self.whole()
        return first


def _odd_marks(line: str) -> re.Match[str] | None:
    """The first quotation marks that are not doubled, as those within a cell are."""
    return next((marks for marks in re.finditer('"+', line) if len(marks[0]) % 2), None)


def _leaves_a_quote_open(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1


def records(spool: Spool, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """The records of a text; row numbers count as a spreadsheet does, the header being one of them."""
    with _text(spool, encoding) as text:
        yield from _numbered(_Lines(text), delimiter)


def delimiter(spool: Spool, *, encoding: str) -> str:
    """The separator that the header holds most of, outside quotes; a title above it holds none."""
    with _text(spool, encoding) as text:
        lines = islice(iter(lambda: text.readline(LONGEST_LINE), ""), _ABOVE)
        outside = ("".join(line.split('"')[0::2]) for line in lines)
        header = next((line for line in outside if any(map(line.count, _DELIMITERS))), "")
    return max(_DELIMITERS, key=header.count)


@contextmanager
def _text(spool: Spool, encoding: str) -> Iterator[TextIO]:
    spool.seek(0)
    text = io.TextIOWrapper(spool, encoding=encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        if not text.closed:
            text.detach()


def _numbered(lines: _Lines, delimiter: str) -> Iterator[Record]:
    row = given_up = width = 0
    while True:
        try:
            for cells in csv.reader(lines, delimiter=delimiter):
                row += 1
                width = width or len(cells)
                lines.whole()
                yield Record(row, tuple(cells))
        except (_Runaway, csv.Error):
            row += 1
            if giant := lines.skip_giant(delimiter, width):
                yield Record(row, tuple(next(csv.reader(giant, delimiter=delimiter))))
                continue
            given_up += 1
            if given_up > _OPEN_QUOTES:
                raise UnreadableFile(
                    problem=f"More than {_OPEN_QUOTES} quotation marks are opened and never closed."
                ) from None
            first = lines.put_back()
            yield Record(row, (first[:MAX_CELL],), "a quotation mark is opened and never closed")
        else:
            return
