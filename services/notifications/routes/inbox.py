"""One's own notices: as a list, as a number, and as they come."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.notifications import queries
from services.notifications.domain.notice import PositionInvalid
from services.notifications.handlers import notices
from services.notifications.live import BELL
from services.notifications.routes import A_PERSON
from services.notifications.schemas import InboxCount, NoticeOut
from shared import db
from shared.principals import Principal
from shared.web import Actor, LastEventId, Now, Page, PageParams, Tx, door, sse

router = door.router(prefix="/inbox", tags=["inbox"])

AT_ONCE = 200
STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Server-sent events; each holds a notice",
        "content": {"text/event-stream": {}},
    }
}
ASK_AGAIN_AFTER = 2.0
"""Seconds until a stream looks by itself for what another process placed."""


@router.get("", dependencies=[A_PERSON])
async def list_notices(
    tx: Tx, actor: Actor, page: PageParams, unread: bool | None = None
) -> Page[NoticeOut]:
    """One's notices, newest first; `unread=true` leaves out what was read."""
    before = page.value(0)
    found = await queries.inbox(
        tx,
        reader_id=actor.id,
        unread=unread,
        before=before if isinstance(before, int) else None,
        limit=page.fetch,
    )
    return page.page(found, sort=lambda notice: (notice.position,))


@router.get("/count", dependencies=[A_PERSON])
async def count_notices(tx: Tx, actor: Actor) -> InboxCount:
    """How many notices wait to be read."""
    return await queries.count(tx, reader_id=actor.id)


@router.get("/stream", dependencies=[A_PERSON], response_class=Response, responses=STREAM)
async def stream_notices(
    request: Request,
    tx: Tx,
    actor: Actor,
    last_event_id: LastEventId,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> EventSourceResponse:
    """Notices as they come, each with its position as id; from `Last-Event-ID`, `after`, or now on."""
    start = last_event_id or after
    if start is None:
        start = (await queries.count(tx, reader_id=actor.id)).last_position
    return sse.follow(
        request,
        _look,
        after=str(_position(str(start))),
        every=ASK_AGAIN_AFTER,
        woken=BELL.listen(actor.id),
    )


@router.put("/{notice_id}/read", dependencies=[A_PERSON])
async def read_notice(notice_id: UUID, tx: Tx, actor: Actor, now: Now) -> NoticeOut:
    """Say that one has seen a notice; saying it again changes nothing."""
    await notices.mark_read(tx, notice_id=notice_id, by=actor.id, now=now)
    return await queries.one_notice(tx, notice_id, reader_id=actor.id)


async def _look(tx: db.Tx, reader: Principal, after: str | None) -> Sequence[ServerSentEvent]:
    found = await queries.notices_after(
        tx, reader_id=reader.id, position=_position(after or "0"), limit=AT_ONCE
    )
    return [
        ServerSentEvent(event="notice", id=str(notice.position), data=notice) for notice in found
    ]


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise PositionInvalid
    return int(text)
