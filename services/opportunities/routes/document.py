"""Documents over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Query, Request
from fastapi.responses import StreamingResponse

from services.opportunities.domain.document import refuse_unreadable
from services.opportunities.handlers import document as handlers
from services.opportunities.queries import document as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.document import (
    ContentOut,
    DocumentOut,
    PlaceContent,
    WithdrawDocument,
)
from services.opportunities.settings import OpportunitiesSettings
from shared.contracts.base import SubjectKind
from shared.web import (
    EVERYBODY,
    Actor,
    Now,
    Page,
    PageParams,
    Tx,
    UploadedFile,
    allow,
    door,
    sse,
)

WORKERS = allow("seller", "team_lead", "manager", "operator", "integrator")
IMPORTERS = allow("operator", "manager")
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

router = door.router(prefix="/documents", tags=["documents"])
uploads = door.router(
    prefix="/documents",
    tags=["documents"],
    accepts=("application/octet-stream",),
    max_body=OpportunitiesSettings().largest_document,
    upload=True,
)
places = door.router(prefix="/document-contents", tags=["documents"])
contents = door.router(
    prefix="/document-contents",
    tags=["documents"],
    accepts=("application/octet-stream",),
    max_body=OpportunitiesSettings().largest_document,
    upload=True,
)


@uploads.post("", status_code=201, response_model=DocumentOut, dependencies=[WORKERS])
async def attach_document(
    tx: Tx,
    actor: Actor,
    now: Now,
    file: UploadedFile,
    subject_kind: SubjectKind,
    subject_id: UUID,
    name: str,
) -> DocumentOut:
    """Attach a file to a lead, a customer or a deal. The body is the file as it is."""
    document = await handlers.attach(
        tx, kind=subject_kind, about=subject_id, name=name, file=file, by=actor, now=now
    )
    return found(await queries.one(tx, document.id))


@uploads.post(
    "/{document_id}/versions", status_code=201, response_model=DocumentOut, dependencies=[WORKERS]
)
async def add_document_version(
    document_id: UUID, tx: Tx, actor: Actor, now: Now, file: UploadedFile
) -> DocumentOut:
    """Add a version; earlier ones stay. What it holds already is no new version."""
    await handlers.add_version(tx, id=document_id, file=file, by=actor, now=now)
    return found(await queries.one(tx, document_id))


@router.put("/{document_id}/withdrawal", response_model=DocumentOut, dependencies=[WORKERS])
async def withdraw_document(
    document_id: UUID, wanted: WithdrawDocument, tx: Tx, actor: Actor, now: Now
) -> DocumentOut:
    """Let a document count no more."""
    await handlers.withdraw(tx, id=document_id, reason=wanted.reason, by=actor, now=now)
    return found(await queries.one(tx, document_id))


@router.get("", response_model=Page[DocumentOut], dependencies=[allow(*EVERYBODY)])
async def list_documents(
    tx: Tx,
    page: PageParams,
    subject_kind: SubjectKind,
    subject_id: UUID,
    withdrawn: Annotated[bool, Query(description="Also those that count no more.")] = False,
) -> Page[DocumentOut]:
    """Documents of one subject, the newest first."""
    await handlers.refuse_unseen_subject(tx, subject_kind, subject_id)
    documents = await queries.page(
        tx,
        subject_kind=subject_kind,
        subject_id=subject_id,
        withdrawn=withdrawn,
        after_at=page.value(0),
        after_id=page.value(1),
        limit=page.fetch,
    )
    return page.page(documents, sort=lambda shown: (shown.attached_at, shown.id))


@router.get("/{document_id}", response_model=DocumentOut, dependencies=[allow(*EVERYBODY)])
async def show_document(document_id: UUID, tx: Tx) -> DocumentOut:
    """One document with its versions."""
    await handlers.refuse_unseen(tx, document_id)
    return found(await queries.one(tx, document_id))


@router.get(
    "/{document_id}/content", response_class=StreamingResponse, dependencies=[allow(*EVERYBODY)]
)
async def download_document(
    document_id: UUID,
    request: Request,
    tx: Tx,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> StreamingResponse:
    """The file, byte for byte; no browser shows it in our name."""
    await handlers.refuse_unseen(tx, document_id)
    wanted = found(await queries.download(tx, document_id, version))
    sha256 = refuse_unreadable(wanted.withdrawn_because, wanted.sha256)
    return StreamingResponse(
        _pieces(request, sha256),
        media_type=wanted.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(wanted.name, safe='')}",
            "Content-Length": str(wanted.size),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@contents.put("/{sha256}", response_model=ContentOut, dependencies=[IMPORTERS])
async def keep_content(
    sha256: Sha256, tx: Tx, file: UploadedFile, system: str = "file", path: str = ""
) -> ContentOut:
    """Keep a content that a file of documents names by its hash, or by its path in that system."""
    kept = bytes.fromhex(sha256)
    await handlers.keep_ahead(tx, sha256=kept, system=system, path=path, file=file)
    return found(await queries.content(tx, kept))


@places.put("/{sha256}/place", response_model=ContentOut, dependencies=[IMPORTERS])
async def place_content(sha256: Sha256, wanted: PlaceContent, tx: Tx) -> ContentOut:
    """Say where a content that is stored already lay in another system."""
    kept = bytes.fromhex(sha256)
    await handlers.place(tx, sha256=kept, system=wanted.system, path=wanted.path)
    return found(await queries.content(tx, kept))


async def _pieces(request: Request, sha256: bytes) -> AsyncIterator[bytes]:
    """A piece in memory at a time, each read in a transaction of its own."""
    opened, number = sse.transactions(request), 0
    while True:
        async with opened() as (tx, _):
            piece = await queries.piece(tx, sha256, number)
        if piece is None:
            return
        yield piece
        number += 1
