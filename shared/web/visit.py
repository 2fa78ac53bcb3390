"""What the door knows about one request, and what a handler may ask it for."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from shared import db
from shared.db import EVERYTHING, Scope
from shared.principals import Principal
from shared.refusals import Refused
from shared.web.bodies import Upload
from shared.web.permissions import Permission

Keep = Callable[[db.Tx, Request, bytes, Principal | None, Refused], Awaitable[UUID | None]]
"""Stores what was sent together with why it was refused; answers the submission's id, if it has one."""

KeyOf = Callable[[Request, bytes], str]
"""Derives the idempotency key from the sender's own id, or from a hash of the content."""

_VISIT = "shangji.visit"


@dataclass(kw_only=True)
class Visit:
    """One request on its way through the door."""

    request: Request
    permission: Permission
    principal: Principal | None = None
    span: str = ""
    """The traceparent it is answered in."""
    body: bytes = b""
    content: Any = None
    """What the body says, read by the route's model."""
    upload: Upload | None = None
    tx: db.Tx | None = None

    @property
    def scope(self) -> Scope:
        """Whose records the transaction shows; a public route runs as the service itself."""
        return self.principal.scope if self.principal else EVERYTHING

    @property
    def actor(self) -> Principal:
        """Who is asking, where somebody must."""
        if self.principal is None:
            raise RuntimeError("A public route has no actor")
        return self.principal

    @property
    def actor_id(self) -> UUID | None:
        """Who is written into the audit rows."""
        return self.principal.id if self.principal else None

    def begin(self) -> None:
        """Let the dependencies of the handler find this visit."""
        self.request.scope[_VISIT] = self


Together = Callable[[db.Tx, Sequence[Visit]], Awaitable[Sequence[Response | None]]]
"""Carries out commands to one route in one transaction; no answer for one that has to go alone."""


def visit_of(request: Request) -> Visit:
    """The visit a request belongs to; only routes of the door have one."""
    visit: Visit = request.scope[_VISIT]
    return visit


def tx_of(visit: Visit) -> db.Tx:
    """The transaction, which the door has opened."""
    if visit.tx is None:
        raise RuntimeError("The door opens the transaction before the handler runs")
    return visit.tx


def actor_of(visit: Visit) -> Principal:
    """Who is asking."""
    return visit.actor


def now_of(visit: Visit) -> datetime:
    """When the transaction began."""
    return tx_of(visit).now


def body_of(visit: Visit) -> bytes:
    """What was sent."""
    return visit.body


def upload_of(visit: Visit) -> Upload:
    """What was sent, when it is large."""
    if visit.upload is None:
        raise RuntimeError("Only routers with upload=True have uploads")
    return visit.upload


def etag(response: Response, sequence: int) -> None:
    """Say which sequence this answer shows."""
    response.headers["ETag"] = f'"{sequence}"'
