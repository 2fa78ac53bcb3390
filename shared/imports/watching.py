"""What people see of a file: how far it has come, as it comes further, and what did not fit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from shared.db import Tx as Transaction
from shared.imports import queries, sealed, writing
from shared.imports.content import Spool
from shared.imports.state import ImportOut
from shared.imports.writing import Form
from shared.principals import Principal
from shared.web import LastEventId, Page, PageParams, Tx, allow, sse

IMPORTERS = allow("operator", "manager")
LOOK_EVERY = 0.5
"""Seconds between two looks at a file that somebody follows."""


def watch(routes: APIRouter) -> None:
    """Add the routes that only look."""
    routes.get("", response_model=Page[ImportOut], dependencies=[IMPORTERS])(list_imports)
    routes.get("/{import_id}", response_model=ImportOut, dependencies=[IMPORTERS])(show_import)
    for path, media_type, show in (
        ("/{import_id}/errors", "text/csv", show_errors),
        ("/{import_id}/events", "text/event-stream", follow_import),
    ):
        responses: dict[int | str, dict[str, Any]] = {200: {"content": {media_type: {}}}}
        routes.get(path, response_class=Response, responses=responses, dependencies=[IMPORTERS])(
            show
        )


async def list_imports(
    tx: Tx, page: PageParams, migration: Annotated[str | None, Query(max_length=64)] = None
) -> Page[ImportOut]:
    """Files that were sent, those of one migration if it is named, the newest first."""
    before = cast("tuple[datetime, UUID] | None", page.after)
    found = await queries.runs(tx, migration=migration, before=before, limit=page.fetch)
    return page.page(found, sort=lambda shown: (shown.created_at, shown.id))


async def show_import(import_id: UUID, tx: Tx) -> ImportOut:
    """How far a file has come."""
    return await queries.run(tx, import_id)


async def show_errors(import_id: UUID, tx: Tx) -> StreamingResponse:
    """The rows that were not taken in, each with field and reason, written as the file itself is."""
    await queries.run(tx, import_id)
    columns, form = await queries.form(tx, import_id)
    spool = await _error_file(tx, import_id, columns, form)
    name = f"{import_id}.errors.{form.suffix}"
    return StreamingResponse(
        writing.pieces(spool),
        media_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def follow_import(
    import_id: UUID, request: Request, tx: Tx, last_event_id: LastEventId
) -> EventSourceResponse:
    """How far a file has come, each time it has come further, until it is done."""
    await queries.run(tx, import_id)

    async def look(
        tx: Transaction, _reader: Principal, after: str | None
    ) -> Sequence[ServerSentEvent]:
        return news(await queries.run(tx, import_id), after)

    return sse.follow(request, look, after=last_event_id, every=LOOK_EVERY, until="done")


def news(shown: ImportOut, after: str | None) -> list[ServerSentEvent]:
    """What is new to a listener who has heard `after`; nothing when that is how things stand."""
    here = f"{shown.state}-{shown.rows}"
    if here == after:
        return []
    over = shown.state in ("done", "refused")
    return [ServerSentEvent(event="done" if over else "progress", id=here, data=shown)]


async def _error_file(
    tx: Transaction, import_id: UUID, columns: Sequence[str], form: Form
) -> Spool:
    names = [name for name in columns if name]
    spool = writing.new_spool()
    with writing.written(spool, form) as sheet:
        sheet.add(["row", "field", "reason", *names])
        async for row in queries.rejections(tx, import_id):
            said = sealed.opened_cells(tx, import_id, row)
            cells = [said.get(name, "") for name in names]
            sheet.add([row["row"], row["field"], row["reason"], *cells])
    return spool
