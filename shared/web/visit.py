"""What the door knows about one request, and what a handler may ask it for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from shared import db
from shared.db import EVERYTHING, Scope
from shared.principals import Principal
from shared.refusals import FieldError, Refused
from shared.web.bodies import Upload
from shared.web.permissions import Permission
from shared.web.refusals import IfMatchMissing, InvalidRequest

Keep = Callable[[db.Tx, Request, bytes, Principal | None, Refused], Awaitable[UUID]]
"""Stores what was sent together with why it was refused; answers the submission's id."""

KeyOf = Callable[[Request, bytes], str]
"""Derives the idempotency key from the sender's own id, or from a hash of the content."""

_VISIT = "shangji.visit"


@dataclass(kw_only=True)
class Visit:
    """One request on its way through the door."""

    request: Request
    permission: Permission
    principal: Principal | None = None
    body: bytes = b""
    upload: Upload | None = None
    tx: db.Tx | None = None

    @property
    def scope(self) -> Scope:
        """Whose records the transaction shows; a public route runs as the service itself."""
        return self.principal.scope if self.principal else EVERYTHING

    @property
    def actor_id(self) -> UUID | None:
        """Who is written into the audit rows."""
        return self.principal.id if self.principal else None

    def begin(self) -> None:
        """Let the dependencies of the handler find this visit."""
        self.request.scope[_VISIT] = self


def visit_of(request: Request) -> Visit:
    """The visit a request belongs to; only routes of the door have one."""
    visit: Visit = request.scope[_VISIT]
    return visit


# Dependencies are coroutines, although they wait for nothing: FastAPI hands plain functions to a
# thread, which costs more than most queries.


async def _tx(request: Request) -> db.Tx:
    tx = visit_of(request).tx
    if tx is None:
        raise RuntimeError("The door opens the transaction before the handler runs")
    return tx


async def _actor(request: Request) -> Principal:
    principal = visit_of(request).principal
    if principal is None:
        raise RuntimeError("A public route has no actor")
    return principal


async def _now(request: Request) -> datetime:
    return (await _tx(request)).now


async def _raw_body(request: Request) -> bytes:
    return visit_of(request).body


async def _upload(request: Request) -> Upload:
    upload = visit_of(request).upload
    if upload is None:
        raise RuntimeError("Only routers with upload=True have uploads")
    return upload


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None:
        raise IfMatchMissing
    if if_match.strip() == "*":
        return None
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdecimal() and len(tag) < 19):
        error = FieldError(pointer="header:If-Match", reason='Expected an ETag such as "12"')
        raise InvalidRequest(errors=(error,))
    return int(tag)


Tx = Annotated[db.Tx, Depends(_tx)]
"""The request's transaction, already open in the caller's scope."""
Actor = Annotated[Principal, Depends(_actor)]
"""Who is asking."""
Now = Annotated[datetime, Depends(_now)]
"""The moment the transaction began, by the database's clock."""
RawBody = Annotated[bytes, Depends(_raw_body)]
"""What was sent, byte for byte."""
UploadedFile = Annotated[Upload, Depends(_upload)]
"""A large body, on disk."""
IfMatch = Annotated[int | None, Depends(_if_match)]
"""The sequence the caller has seen; nothing for `If-Match: *`."""


def etag(response: Response, sequence: int) -> None:
    """Say which sequence this answer shows."""
    response.headers["ETag"] = f'"{sequence}"'
