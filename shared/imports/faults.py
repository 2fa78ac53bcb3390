"""Cells of a workbook that hold an error, such as #N/A: its reader leaves them blank, we name them.

Sheets are read as they are packed, a piece at a time, by the few marks that are needed:
https://learn.microsoft.com/openspecs/office_standards/ms-oe376 (SpreadsheetML, `c` with `t="e"`).
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape

from shared.imports.content import PIECE, Spool
from shared.imports.refusals import UnreadableFile

MOST = 100_000
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TAG = re.compile(r"<(?:\w+:)?(sheet|Relationship)\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^<>]{0,400}?\bt=[\"']e[\"'])[^<>]{0,400}?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
    rb"[^<>]{0,400}>(?:<(?:\w+:)?f\b[^<>]{0,1000}?(?:/>|>[^<]{0,10000}</(?:\w+:)?f>))?"
    rb"<(?:\w+:)?v>([^<]{0,20})<"
)
"""Every part has a limit, so that no text of any kind takes long to look through."""
_OVERLAP = 16_384
_LONGEST_INDEX = 4 * PIECE

Place = tuple[int, int]
"""Row and column, both counted from one."""


def find(spool: Spool, sheet: str) -> Mapping[Place, str]:
    """The errors on a sheet; refuses a sheet that is made of them."""
    spool.seek(0)
    with zipfile.ZipFile(spool) as archive:
        path = _path_of(archive, sheet)
        found = dict(_errors(archive, path)) if path in archive.namelist() else {}
    spool.seek(0)
    return found


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where a sheet lies: the workbook gives its name an id, and its relations the id a path."""
    ids = {unescape(tag.get("name", "")): tag.get("r:id", "") for tag in _tags(archive, _WORKBOOK)}
    paths = {tag.get("Id", ""): tag.get("Target", "") for tag in _tags(archive, _RELATIONS)}
    return posixpath.normpath(posixpath.join("/xl", paths.get(ids.get(sheet, ""), ""))).lstrip("/")


def _tags(archive: zipfile.ZipFile, name: str) -> Iterator[Mapping[str, str]]:
    if name not in archive.namelist():
        return
    with archive.open(name) as entry:
        text = entry.read(_LONGEST_INDEX).decode(errors="replace")
    for tag in _TAG.finditer(text):
        yield {found[1]: found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(tag[2])}


def _errors(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[Place, str]]:
    count, before = 0, b""
    with archive.open(path) as entry:
        while piece := entry.read(PIECE):
            seen, end = before + piece, 0
            for cell in _CELL.finditer(seen):
                count, end = count + 1, cell.end()
                if count > MOST:
                    raise UnreadableFile(
                        problem=f"More than {MOST} cells of the sheet hold errors."
                    )
                yield (int(cell[2]), _column(cell[1])), cell[3].decode(errors="replace")
            before = seen[max(end, len(seen) - _OVERLAP) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
