"""Sends the files that a table of documents names, before the table: each once, and none that is there."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from shangji.client import Client, Refused
from shangji.errors import StartRefused
from shared.imports.refusals import UnreadableFile
from shared.imports.table import Format, open_table

PIECE = 1024 * 1024
NOT_FOUND = 404
UNNAMED = "file"
"""The system of ids when a mapping says none."""
Progress = Callable[[str, int, int], None]


async def send_ahead(
    client: Client, table: Path, folder: Path, mapping: str, progress: Progress
) -> None:
    """Send what cells of the table name in the folder; what is missing there, the rows' errors say."""
    said = _plain(mapping)
    system = str(said.get("system") or UNNAMED)
    named = sorted(_named(table, folder, said))
    for done, cell in enumerate(named, start=1):
        await _send(client, _inside(folder, cell), system, cell)
        progress("sending files", done, len(named))


async def _send(client: Client, path: Path | None, system: str, cell: str) -> None:
    if path is None:
        return
    sha256, size = _described(path)
    place = {"system": system, "path": cell}
    address = f"/document-contents/{sha256}"
    try:
        await client.send("PUT", "opportunities", f"{address}/place", place)
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        body = _pieces(path)
        await _request(client, address, cell, params=place, headers=headers, content=body)


async def _request(client: Client, address: str, cell: str, **options: Any) -> None:
    try:
        await client.request("PUT", "opportunities", address, **options)
    except Refused as refused:
        raise StartRefused(f"{cell} was refused: {refused}") from refused


def _named(table: Path, folder: Path, said: dict[str, Any]) -> set[str]:
    """The cells that are paths of files in the folder, whichever column they stand in."""
    if not folder.is_dir():
        raise StartRefused(f"{folder} is no folder.")
    form = Format(**{name: said.get(name) for name in ("encoding", "delimiter", "sheet")})
    try:
        with table.open("rb") as file:
            opened = open_table(_chunks(file.read), form)
    except UnreadableFile:
        return set()  # The service refuses the table, and says why.
    try:
        cells = {cell for row in opened.rows for cell in row.cells.values()}
    finally:
        opened.close()
    return {cell for cell in cells if _inside(folder, cell)}


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while piece := read(PIECE):
        yield piece


def _inside(folder: Path, cell: str) -> Path | None:
    """The file that a cell names; never one outside of the folder."""
    plain = cell.strip().replace("\\", "/").lstrip("/")
    try:
        path = (folder / plain).resolve()
        is_file = bool(plain) and path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):
        return None
    return path if is_file and path.stat().st_size else None


def _plain(mapping: str) -> dict[str, Any]:
    try:
        said = yaml.load(mapping, Loader=yaml.BaseLoader)  # noqa: S506 - words stay words
    except yaml.YAMLError:
        return {}  # The service refuses the mapping, and says where it is wrong.
    return said if isinstance(said, dict) else {}


def _described(path: Path) -> tuple[str, int]:
    """The file's SHA-256 and size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
