"""Server-sent events that resume where they stopped, and stop when the process does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Annotated

import structlog
from fastapi import Depends, Header, Request
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent, format_sse_event
from pydantic_core import to_json

from shared import db
from shared.db import TRANSIENT
from shared.principals import Principal
from shared.refusals import Refused
from shared.web.state import state_of
from shared.web.visit import visit_of

log = structlog.get_logger()

RETRY_MILLISECONDS = 2000
KEEPALIVE_SECONDS = 15.0

Look = Callable[[db.Tx, Principal, str | None], Awaitable[Sequence[ServerSentEvent]]]
"""What happened after the event of this id, as the caller may see it; empty when nothing did."""

Transactions = Callable[[], AbstractAsyncContextManager[tuple[db.Tx, Principal]]]


async def _last_event_id(
    last_event_id: Annotated[str | None, Header(max_length=200)] = None,
) -> str | None:
    return last_event_id


LastEventId = Annotated[str | None, Depends(_last_event_id)]
"""The id of the last event the client has seen, when it comes back."""


def follow(
    request: Request,
    look: Look,
    *,
    after: str | None,
    every: float = 1.0,
    woken: asyncio.Event | None = None,
    until: str = "",
) -> EventSourceResponse:
    """Stream what `look` finds, again and again; each time the caller's rights are asked anew.

    Whoever knows that there is something new may set `woken`; otherwise it is found `every` so often.
    After an event called `until` nothing more comes.
    """
    woken = woken or asyncio.Event()
    found = _events(request, look, after=after, every=every, woken=woken, until=until)
    return stream(request, found)


async def _events(
    request: Request,
    look: Look,
    *,
    after: str | None,
    every: float,
    woken: asyncio.Event,
    until: str,
) -> AsyncIterator[ServerSentEvent]:
    state = state_of(request)
    opened = transactions(request)
    while not state.stop.is_set():
        woken.clear()
        async with opened() as (tx, principal):
            found = await look(tx, principal, after)
        for event in found:
            after = event.id or after
            yield event
            if until and event.event == until:
                return
        if not found:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), every)


def transactions(request: Request) -> Transactions:
    """Transactions of an answer that goes on, each in the scope its reader has by then."""
    state = state_of(request)

    @asynccontextmanager
    async def open_one() -> AsyncIterator[tuple[db.Tx, Principal]]:
        principal = await state.authenticator.principal(request)
        visit_of(request).permission.check(principal)
        async with state.database.tx(scope=principal.scope, actor_id=principal.id) as tx:
            yield tx, principal

    return open_one


def stream(request: Request, source: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    """Stream a source; ends with it, with the process, or with the caller's rights."""
    return EventSourceResponse(
        _frames(source, state_of(request).stop),
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _frames(
    source: AsyncIterator[ServerSentEvent], stop: asyncio.Event
) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=RETRY_MILLISECONDS)
    stopped = asyncio.create_task(stop.wait())
    coming = asyncio.create_task(_next(source))
    try:
        while not stop.is_set():
            await asyncio.wait(
                (coming, stopped),
                timeout=KEEPALIVE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not coming.done():
                yield KEEPALIVE_COMMENT
                continue
            if (event := coming.result()) is None:
                return
            yield _frame(event)
            coming = asyncio.create_task(_next(source))
    except (Refused, *TRANSIENT) as ended:
        log.info("stream_ended", reason=type(ended).__name__)
    finally:
        stopped.cancel()
        coming.cancel()
        await asyncio.gather(stopped, coming, return_exceptions=True)


async def _next(source: AsyncIterator[ServerSentEvent]) -> ServerSentEvent | None:
    return await anext(source, None)


def _frame(event: ServerSentEvent) -> bytes:
    data = event.raw_data
    if data is None and event.data is not None:
        data = to_json(event.data).decode()
    return format_sse_event(
        data_str=data, event=event.event, id=event.id, retry=event.retry, comment=event.comment
    )
