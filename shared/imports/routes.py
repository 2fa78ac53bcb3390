"""The door that files come in by."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from shared import audit
from shared.ids import new_id
from shared.imports import mapping, queries, store, undoing, watching
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
from shared.web import (
    Actor,
    Tx,
    Upload,
    UploadedFile,
    door,
)

MAX_FILE = 256 * 1024 * 1024

MappingHeader = Annotated[
    str,
    Header(
        alias="Import-Mapping",
        max_length=16 * 1024,
        description="The mapping, YAML or JSON, in base64. Without it columns are matched by name.",
    ),
]
Migration = Annotated[
    str, Query(max_length=64, description="The migration that this file is a part of.")
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
        dependencies=[watching.IMPORTERS],
    )
    async def send_file(
        kind: str,
        tx: Tx,
        actor: Actor,
        file: UploadedFile,
        response: Response,
        dry_run: bool = False,
        file_name: FileName = "",
        migration: Migration = "",
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
            migration=migration,
        )
        await store.insert_chunks(tx, import_id, _pieces(file))
        await audit.record(
            tx,
            action="import_rehearsed" if dry_run else "import_started",
            subject_kind="import",
            subject_id=import_id,
            after={
                "kind": kind,
                "sha256": file.sha256.hex(),
                "history": columns.history,
                "migration": migration,
            },
        )
        response.headers["Location"] = f"/imports/{import_id}"
        return await queries.run(tx, import_id)

    watching.watch(routes)
    together = APIRouter()
    together.include_router(routes)
    together.include_router(undoing.router(known))
    return together


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
