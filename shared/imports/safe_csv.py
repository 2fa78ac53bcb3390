"""CSV that a spreadsheet opens without running anything in it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_ESCAPED = re.compile(r"'(?='*[=+\-@\t\r])")


def line(cells: Sequence[object], *, delimiter: str = ",") -> str:
    """One line; a cell that a spreadsheet would take for a formula is made text by an apostrophe."""
    return lines([cells], delimiter=delimiter)


def lines(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> str:
    """Many of them."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [escape(str(cell)) for cell in cells] for cells in rows
    )
    return out.getvalue()


def escape(cell: str) -> str:
    """The cell as text, whatever it begins with; plain numbers stay numbers."""
    if cell.startswith(_STARTS_A_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return guard(cell)


def guard(cell: str) -> str:
    """The cell so that `unescape` leaves it as it is, also if it looks escaped itself."""
    return f"'{cell}" if cell.startswith("'") and _ESCAPED.match(cell) else cell


def unescape(cell: str) -> str:
    """The cell as it was before `escape`, so that a mended error file can be imported."""
    return _ESCAPED.sub("", cell, count=1) if cell.startswith("'") else cell
