"""A file as a table: a header that can be trusted, and rows that fit under it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from shared.imports import content, encoding, faults, records, safe_csv, workbook
from shared.imports.content import Spool
from shared.imports.records import MAX_CELL, Record
from shared.imports.refusals import ColumnsDoNotFit, UnreadableFile

MAX_COLUMNS = 1000
WORKBOOK = "xlsx"
"""Stands where the encoding of a text does."""
_BROKEN = "\ufffd"
_NULL = "\x00"
_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)
_DATUM = re.compile(r"[\d\W_]+|.*@.*", re.DOTALL)
_TITLES = 5
"""So many lines may stand above the header."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """How to read the file, for those who know better than the file's content."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row under the header; with a reason it is rejected before anybody reads it."""

    number: int
    cells: Mapping[str, str]
    field: str = ""
    reason: str = ""


@dataclass
class Table:
    """An open file; iterate once, close when done."""

    spool: Spool
    header: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str
    delimiter: str
    expected: int
    """About how many rows there are; a line break within a cell counts as one too many."""

    def peek(self, count: int) -> list[Row]:
        """The next rows, which will come again."""
        seen = list(islice(self.rows, count))
        self.rows = chain(seen, self.rows)
        return seen

    def close(self) -> None:
        """Give the spool's memory or disk back."""
        self.spool.close()


def open_table(chunks: Iterable[bytes], form: Format) -> Table:
    """Open a file by its content; refuses what cannot be a table at all."""
    spool = content.unpack(chunks)
    try:
        found, charset, delimiter, expected = _records(spool, form)
        filled = (record for record in found if any(cell.strip() for cell in record.cells))
        first, filled = _without_titles(filled)
        header = _header(first)
    except BaseException:
        spool.close()
        raise
    return Table(
        spool=spool,
        header=header,
        rows=(_under(header, record) for record in filled),
        encoding=charset,
        delimiter=delimiter,
        expected=max(0, expected - 1),
    )


def _records(spool: Spool, form: Format) -> tuple[Iterator[Record], str, str, int]:
    if content.is_workbook(spool):
        page = workbook.open_sheet(spool, form.sheet)
        errors = faults.find(spool, page.name)
        return workbook.records(page, errors), WORKBOOK, "", page.height
    charset = encoding.named(form.encoding) if form.encoding else encoding.detect(spool)
    expected = content.count_lines(spool)
    delimiter = form.delimiter or records.delimiter(spool, encoding=charset)
    found = records.records(spool, encoding=charset, delimiter=delimiter)
    return found, charset, delimiter, expected


def _without_titles(filled: Iterator[Record]) -> tuple[Record | None, Iterator[Record]]:
    """The header, and what stands below it: above it there may be the name of the table."""
    first = next(filled, None)
    above: list[Record] = []
    while first is not None and len(above) < _TITLES and _filled(first) == 1:
        above.append(first)
        first = next(filled, None)
    if not above or (first is not None and _names_columns(first)):
        return first, filled
    return above[0], chain(above[1:], () if first is None else (first,), filled)


def _filled(record: Record) -> int:
    return sum(1 for cell in record.cells if cell.strip())


def _names_columns(record: Record) -> bool:
    """Several names, no two alike, and no number or address among them."""
    names = [cell.strip() for cell in record.cells if cell.strip()]
    return len(names) == len(set(names)) > 2 and not any(map(_DATUM.fullmatch, names))


def _header(record: Record | None) -> tuple[str, ...]:
    if record is None:
        raise UnreadableFile(problem="The file has no header: it is empty.")
    names = tuple(cell.strip() for cell in record.cells)
    if record.problem or any(_damage(name) for name in names):
        raise UnreadableFile(problem="The header cannot be read; is this a CSV or XLSX file?")
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(problem=f"The header has more than {MAX_COLUMNS} columns.")
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise ColumnsDoNotFit(
            problem=f"The header names {_quoted(twice)} more than once.", columns=twice
        )
    return names


def _under(header: tuple[str, ...], record: Record) -> Row:
    cells = record.cells
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    named = {
        name: safe_csv.unescape(cell.strip())
        for name, cell in zip(header, cells, strict=False)
        if name
    }
    column, reason = _problem(header, cells, record)
    return Row(number=record.row, cells=named, field=column, reason=reason)


def _problem(header: tuple[str, ...], cells: tuple[str, ...], record: Record) -> tuple[str, str]:
    if record.problem:
        return "", record.problem
    if "#" in (whole := "".join(cells)) or _damage(whole):
        for name, cell in zip(header, cells, strict=False):
            if reason := _damage(cell) or _fault(cell.strip()):
                return name, reason
    if len(cells) != len(header):
        return "", f"the header has {len(header)} columns, this row {len(cells)}"
    return "", ""


def _damage(cell: str) -> str:
    if len(cell) > MAX_CELL:
        return f"the cell is longer than {MAX_CELL} characters"
    if _BROKEN in cell:
        return "the cell holds bytes that are not text in the file's encoding"
    if _NULL in cell:
        return "the cell holds a null character"
    return ""


def _fault(cell: str) -> str:
    return f"the cell holds the error {cell}" if cell in _ERRORS else ""


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
