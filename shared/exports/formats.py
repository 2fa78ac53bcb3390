"""CSV and XLSX written as they are read: bytes come out while rows go in.

A spreadsheet runs nothing of either: in CSV what looks like a formula has an apostrophe in front, in
XLSX text is typed as text. An import reads both as they were.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import RawIOBase
from typing import Literal, Protocol
from xml.sax.saxutils import escape

from shared.imports import safe_csv

FileForm = Literal["csv", "xlsx"]
Cell = str | int | float
Row = Sequence[Cell]

MOST_ROWS = 1_048_576
"""A sheet of a workbook holds no more; others follow."""
_EXACT = 2**53
_LARGEST_SHEET = 1_500_000_000
_MARK = "\ufeff"
"""Spreadsheets know UTF-8 by it."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


MEDIA_TYPES: Mapping[FileForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": f"{_TYPES}.sheet",
}


class Writer(Protocol):
    """Turns rows into the next bytes of a file."""

    def rows(self, rows: Iterable[Row]) -> bytes: ...

    def end(self) -> bytes: ...


def written(value: object) -> Cell:
    """A value as a cell says it: whole numbers without a point, truth as a word, times as ISO has them, lists as an import splits them."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case str() | int() | float():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return "、".join(map(str, value))
        case _:
            return str(value)


def writer(form: FileForm, header: Row) -> Writer:
    """Begins a file with its header."""
    return _Csv(header) if form == "csv" else _Workbook(header)


class _Csv:
    def __init__(self, header: Row) -> None:
        self._waiting = _MARK + safe_csv.lines([header])

    def rows(self, rows: Iterable[Row]) -> bytes:
        text, self._waiting = self._waiting + safe_csv.lines(rows), ""
        return text.encode()

    def end(self) -> bytes:
        return self.rows(())


class _Sink(RawIOBase):
    """Takes the archive's bytes; it cannot be wound back, so the archive is written in one go."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - all that zipfile writes
        self._taken.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What came since the last time."""
        data = b"".join(self._taken)
        self._taken.clear()
        return data


class _Workbook:
    def __init__(self, header: Row) -> None:
        self._header = header
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._sheets = 0
        self._begin()

    def rows(self, rows: Iterable[Row]) -> bytes:
        for row in rows:
            if self._written >= MOST_ROWS or self._size >= _LARGEST_SHEET:
                self._finish()
                self._begin()
            self._add(row)
        return self._sink.take()

    def end(self) -> bytes:
        self._finish()
        for name, text in _frame(self._sheets):
            self._archive.writestr(name, _XML + text)
        self._archive.close()
        return self._sink.take()

    def _begin(self) -> None:
        self._sheets += 1
        self._written = self._size = 0
        self._sheet = self._archive.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._add(self._header)

    def _add(self, row: Row) -> None:
        line = f"<row>{''.join(map(_cell, row))}</row>".encode()
        self._sheet.write(line)
        self._written += 1
        self._size += len(line)

    def _finish(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()


def _cell(cell: Cell) -> str:
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    if not cell:
        return "<c/>"
    text = _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", escape(safe_csv.guard(cell)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(sheets: int) -> Iterable[tuple[str, str]]:
    """The parts that make sheets a workbook."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{linked}</Relationships>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{typed}</Types>',
    )
