"""Sends a file to the service that takes its kind in, and follows it until it is done."""

import base64
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from shangji import contents, events
from shangji.client import Client, Refused
from shangji.errors import StartRefused

SERVICE_OF = {
    "leads": "leads",
    "customers": "leads",
    "contacts": "leads",
    "directory": "opportunities",
    "products": "opportunities",
    "opportunities": "opportunities",
    "activities": "opportunities",
    "documents": "opportunities",
}
"""Which service takes in which kind of file."""

PIECE = 1024 * 1024
NOT_FOUND = 404
Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and out of how much."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One file to send."""

    kind: str
    path: Path
    mapping: str = ""
    dry_run: bool = False
    migration: str = ""
    """The migration that the file is a part of."""
    folder: Path | None = None
    """Where the contents lie that a file of documents names; they are sent before it."""


def read_mapping(path: Path | None) -> str:
    """The text of a mapping file; refuses in a sentence when there is none."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StartRefused(f"The mapping {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StartRefused(f"The mapping {path} is not UTF-8 text.") from error


def check_readable(path: Path) -> int:
    """The size of a file; refuses in a sentence what cannot be sent."""
    if path.is_dir():
        raise StartRefused(f"{path} is a directory; name the file in it.")
    try:
        with path.open("rb"):
            size = path.stat().st_size
    except OSError as error:
        raise StartRefused(f"{path} cannot be read: {error.strerror}.") from error
    if not size:
        raise StartRefused(f"{path} is empty.")
    return size


def spoken(path: Path) -> str:
    """The file's name as text; names made on other systems may hold bytes that are not."""
    return os.fsencode(path.name).decode(errors="replace")


async def take_in(client: Client, sending: Sending, progress: Progress) -> dict[str, Any]:
    """Send the file and wait until the service has worked through it; what it then says of it."""
    service = SERVICE_OF[sending.kind]
    size = check_readable(sending.path)
    if sending.folder is not None:
        await contents.send_ahead(client, sending.path, sending.folder, sending.mapping, progress)
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    if sending.mapping:
        headers["Import-Mapping"] = base64.b64encode(sending.mapping.encode()).decode()
    answer = await client.request(
        "POST",
        service,
        f"/imports/{sending.kind}",
        params={
            "dry_run": sending.dry_run,
            "file_name": spoken(sending.path)[-255:],
            "migration": sending.migration,
        },
        headers=headers,
        content=_pieces(sending.path, size, progress),
    )
    return await _follow(client, service, answer.json(), progress)


async def fetch_errors(client: Client, done: dict[str, Any], beside: Path) -> Path:
    """Write the rows that were not taken in next to the file, or here where that is not allowed."""
    service = SERVICE_OF[done["kind"]]
    answer = await client.request("GET", service, f"/imports/{done['id']}/errors")
    named = PurePath(answer.headers.get("Content-Disposition", "").rstrip('"'))
    name = f"{beside.name}.errors{named.suffix or '.csv'}"
    for path in (beside.with_name(name), Path(name)):
        try:
            path.write_bytes(answer.content)
        except OSError:
            continue
        return path
    raise StartRefused(
        f"The rows with errors cannot be written: neither {beside.parent} nor . is writable."
    )


async def undo(
    client: Client, import_id: str, progress: Progress, *, dry_run: bool = False
) -> dict[str, Any]:
    """Have an import undone and wait until it is; what the service then says of the undoing."""
    service = await _service_of(client, import_id)
    path = f"/imports/{import_id}/undo"
    answer = await client.request("POST", service, path, params={"dry_run": dry_run})
    return await _follow(client, service, answer.json(), progress)


async def _service_of(client: Client, import_id: str) -> str:
    for service in sorted(set(SERVICE_OF.values())):
        try:
            await client.get(service, f"/imports/{import_id}")
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise
        else:
            return service
    raise StartRefused(f"There is no import {import_id}, or you may not see it.")


async def _follow(
    client: Client, service: str, shown: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    """Hear from the service how far it is, until it is done."""
    async for said in events.follow(client, service, f"/imports/{shown['id']}/events"):
        shown = said.data
        if said.name == "done":
            break
        progress(shown["state"], shown["rows"], max(shown["rows_expected"], shown["rows"], 1))
    progress(shown["state"], shown["rows"], max(shown["rows"], 1))
    return shown


async def _pieces(path: Path, size: int, progress: Progress) -> AsyncIterator[bytes]:
    sent = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
            sent += len(piece)
            progress("sending", sent, max(size, 1))
