"""A file as the answer to a request: written page by page while it is read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from fastapi import Request
from fastapi.responses import StreamingResponse

from shared.db import TRANSIENT, Tx
from shared.exports.formats import MEDIA_TYPES, Cell, FileForm, writer
from shared.web.sse import transactions

log = structlog.get_logger()

T = TypeVar("T")
Place = Any
"""Where a page ends and the next begins."""
Read = Callable[[Tx, Place | None], Awaitable[tuple[T, Place | None]]]
"""One page behind a place, and the place where it ends; nothing when it was the last."""

TRIES = 3
"""A page is asked for so often before a failing database ends the answer."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """The header of a file, and what stands below it."""

    columns: Sequence[str]
    read: Read[Sequence[Sequence[Cell]]]


Prepare = Callable[[], Awaitable[Export]]


def answer(request: Request, *, name: str, form: FileForm, prepare: Prepare) -> StreamingResponse:
    """The file; one that breaks off in the middle lacks its end, so that it is noticed."""
    return StreamingResponse(
        _bytes(request, name, form, prepare),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


async def gathered(request: Request, read: Read[Sequence[str]]) -> list[str]:
    """Every word that any page holds, in order: columns that only the records themselves know."""
    words: set[str] = set()
    async for page in pages(request, read):
        words.update(page)
    return sorted(words)


async def pages(request: Request, read: Read[T]) -> AsyncIterator[T]:
    """All pages, each read in a transaction of its own in the scope of whoever asks."""
    place: Place | None = None
    while True:
        page, place = await _page(request, read, place)
        yield page
        if place is None:
            return


async def _page(request: Request, read: Read[T], place: Place | None) -> tuple[T, Place | None]:
    opened = transactions(request)
    for _ in range(TRIES - 1):
        try:
            async with opened() as (tx, _):
                return await read(tx, place)
        except TRANSIENT as failure:
            log.warning("export_page_tried_again", reason=type(failure).__name__)
    async with opened() as (tx, _):
        return await read(tx, place)


async def _bytes(
    request: Request, name: str, form: FileForm, prepare: Prepare
) -> AsyncIterator[bytes]:
    export = await prepare()
    file, count = writer(form, export.columns), 0
    async for rows in pages(request, export.read):
        count += len(rows)
        yield await asyncio.to_thread(file.rows, rows)
    yield await asyncio.to_thread(file.end)
    log.info("file_exported", name=name, form=form, rows=count)
