"""Files that go out: CSV in any encoding or XLSX, a row at a time, opened without running anything."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, Protocol

import xlsxwriter

from shared.imports import safe_csv
from shared.imports.content import IN_MEMORY, PIECE, Spool
from shared.imports.table import WORKBOOK

_MARKED = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
"""Spreadsheets know these by the mark at their beginning."""


@dataclass(frozen=True)
class Form:
    """How a file is written: like the one it answers to."""

    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def suffix(self) -> str:
        """How its name ends."""
        return "xlsx" if self.encoding == WORKBOOK else "csv"

    @property
    def media_type(self) -> str:
        """What the answer's header says of it."""
        if self.encoding == WORKBOOK:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return f"text/csv; charset={self.encoding.removesuffix('-sig')}"


class Sheet(Protocol):
    """Takes one row after another."""

    def add(self, cells: Sequence[object]) -> None: ...


@contextmanager
def written(spool: Spool, form: Form) -> Iterator[Sheet]:
    """A sheet to fill; the spool holds all of it when the block ends."""
    if form.encoding == WORKBOOK:
        book = xlsxwriter.Workbook(
            spool, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        yield _Page(book.add_worksheet())
        book.close()
    else:
        yield _Text(spool, form)
    spool.seek(0)


def new_spool() -> Spool:
    """Room for a file, in memory while it is small."""
    return SpooledTemporaryFile(max_size=IN_MEMORY)


def pieces(spool: Spool) -> Iterable[bytes]:
    """A spool a piece at a time, given back at its end."""
    with spool:
        while piece := spool.read(PIECE):
            yield piece


class _Text:
    def __init__(self, spool: Spool, form: Form) -> None:
        charset = _MARKED.get(form.encoding, form.encoding)
        self._encoder = codecs.getincrementalencoder(charset)(errors="replace")
        self._spool = spool
        self._delimiter = form.delimiter

    def add(self, cells: Sequence[object]) -> None:
        self._spool.write(self._encoder.encode(safe_csv.line(cells, delimiter=self._delimiter)))


class _Page:
    """A workbook's cells have types, so that text in them is never run."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._rows = 0

    def add(self, cells: Sequence[object]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                self._page.write_number(self._rows, column, cell)
            else:
                self._page.write_string(self._rows, column, str(cell))
        self._rows += 1
