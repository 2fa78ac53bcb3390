"""The doors of imports: send a file, ask how far it has come, fetch what did not fit."""

import base64
import binascii
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from shared import audit
from shared.db import Tx as Transaction
from shared.ids import new_id
from shared.imports import mapping, queries, safe_csv, store
from shared.imports.content import PIECE
from shared.imports.hook import Importer
from shared.imports.mapping import Mapping
from shared.imports.refusals import (
    HistoryIsForOperators,
    MappingRefused,
    NothingSent,
    UnknownImportKind,
)
from shared.imports.state import ImportOut
from shared.web import Actor, Page, PageParams, Tx, Upload, UploadedFile, allow, door

MAX_FILE = 256 * 1024 * 1024

MappingHeader = Annotated[
    str,
    Header(
        alias="Import-Mapping",
        max_length=16 * 1024,
        description="The mapping, YAML or JSON, in base64. Without it columns are matched by name.",
    ),
]
FileName = Annotated[str, Query(max_length=255, description="Shown to people; decides nothing.")]


def router(importers: Sequence[Importer[Any]]) -> APIRouter:
    """The routes by which files for these importers arrive."""
    known = {importer.kind: importer for importer in importers}
    routes = door.router(
        prefix="/imports",
        tags=["imports"],
        accepts=("application/octet-stream", "text/csv"),
        max_body=MAX_FILE,
        upload=True,
    )

    @routes.post(
        "/{kind}",
        status_code=202,
        response_model=ImportOut,
        dependencies=[allow("operator", "manager")],
    )
    async def send_file(
        kind: str,
        tx: Tx,
        actor: Actor,
        file: UploadedFile,
        response: Response,
        dry_run: bool = False,
        file_name: FileName = "",
        import_mapping: MappingHeader = "",
    ) -> ImportOut:
        """Keep a file and put it in the queue. The body is the file as it is: CSV, XLSX or gzip."""
        importer = known.get(kind)
        if importer is None:
            raise UnknownImportKind(kind=kind, known=", ".join(known))
        if file.size == 0:
            raise NothingSent
        columns = mapping.read(_decoded(import_mapping), importer) if import_mapping else Mapping()
        if columns.history and not actor.is_any("operator"):
            raise HistoryIsForOperators
        import_id = new_id()
        await store.insert_run(
            tx,
            id=import_id,
            kind=kind,
            dry_run=dry_run,
            file_name=file_name,
            size=file.size,
            sha256=file.sha256,
            mapping=columns,
            actor_id=actor.id,
            unit_id=actor.unit_id,
        )
        await store.insert_chunks(tx, import_id, _pieces(file))
        await audit.record(
            tx,
            action="import_rehearsed" if dry_run else "import_started",
            subject_kind="import",
            subject_id=import_id,
            after={"kind": kind, "sha256": file.sha256.hex(), "history": columns.history},
        )
        response.headers["Location"] = f"/imports/{import_id}"
        return await queries.run(tx, import_id)

    @routes.get("", response_model=Page[ImportOut], dependencies=[allow("operator", "manager")])
    async def list_imports(tx: Tx, page: PageParams) -> Page[ImportOut]:
        """Files that were sent, the newest first."""
        before = cast("tuple[datetime, UUID] | None", page.after)
        found = await queries.runs(tx, before=before, limit=page.fetch)
        return page.page(found, sort=lambda shown: (shown.created_at, shown.id))

    @routes.get(
        "/{import_id}", response_model=ImportOut, dependencies=[allow("operator", "manager")]
    )
    async def show_import(import_id: UUID, tx: Tx) -> ImportOut:
        """How far a file has come."""
        return await queries.run(tx, import_id)

    @routes.get(
        "/{import_id}/errors",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}}},
        dependencies=[allow("operator", "manager")],
    )
    async def show_errors(import_id: UUID, tx: Tx) -> Response:
        """The rows that were not taken in, each with field and reason; to be mended and sent again."""
        await queries.run(tx, import_id)
        lines = [line async for line in _error_file(tx, import_id)]
        return Response(
            safe_csv.BYTE_ORDER_MARK + "".join(lines),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{import_id}.errors.csv"'},
        )

    return routes


def _decoded(header: str) -> str:
    try:
        return base64.b64decode(header, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise MappingRefused(
            line=1, column=1, problem="the header Import-Mapping is not UTF-8 text in base64"
        ) from error


def _pieces(file: Upload) -> Iterator[bytes]:
    while piece := file.file.read(PIECE):
        yield piece


async def _error_file(tx: Transaction, import_id: UUID) -> AsyncIterator[str]:
    columns = [name for name in await queries.header(tx, import_id) if name]
    yield safe_csv.line(["row", "field", "reason", *columns])
    async for row in queries.rejections(tx, import_id):
        cells = [row["cells"].get(name, "") for name in columns]
        yield safe_csv.line([row["row"], row["field"], row["reason"], *cells])
