"""XLSX sheets as the same records as text: every cell becomes text, dates in ISO form."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from shared.imports.content import Spool, as_bytes
from shared.imports.faults import Place
from shared.imports.records import Record
from shared.imports.refusals import UnreadableFile

Cell = str | int | float | bool | date | datetime | time | timedelta


def open_sheet(spool: Spool, sheet: str | None) -> CalamineSheet:
    """The named sheet, else the first one that holds anything."""
    try:
        return _choose(CalamineWorkbook.from_object(as_bytes(spool)), sheet)
    except CalamineError as error:
        raise UnreadableFile(problem=f"The workbook cannot be read: {error}.") from error


def records(page: CalamineSheet, errors: Mapping[Place, str]) -> Iterator[Record]:
    """The rows of a sheet, numbered as the spreadsheet numbers them, with the errors in its cells."""
    faulty = {row for row, _ in errors}
    for row, cells in enumerate(page.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        if row in faulty:
            texts = [errors.get((row, n), text) for n, text in enumerate(texts, start=1)]
        yield Record(row, tuple(texts))


def _choose(workbook: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    if sheet is None:
        pages = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        found = next((page for page in pages if page.height), None)
        if found is None:
            raise UnreadableFile(problem="The workbook is empty.")
        return found
    try:
        return workbook.get_sheet_by_name(sheet)
    except WorksheetNotFound as error:
        names = ", ".join(workbook.sheet_names)
        raise UnreadableFile(
            problem=f"The workbook has no sheet called {sheet!r}; it has: {names}."
        ) from error


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
