"""Server-sent events as a browser hears them; httpx would wait for their end."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
import orjson


@dataclass
class Stream:
    """What a client of a stream receives."""

    frames: asyncio.Queue[str]
    ended: asyncio.Event

    async def next(self, event: str) -> dict[str, Any]:
        """The next event of this name, with its id as the client would send it back."""
        async with asyncio.timeout(10):
            while True:
                fields = dict(
                    line.split(": ", 1)
                    for line in (await self.frames.get()).splitlines()
                    if ": " in line and not line.startswith(":")
                )
                if fields.get("event") == event:
                    return {**orjson.loads(fields["data"]), "event_id": fields.get("id")}

    async def end(self) -> None:
        """Wait until nothing more comes."""
        await asyncio.wait_for(self.ended.wait(), 10)


@asynccontextmanager
async def stream(
    api: httpx.AsyncClient, path: str, headers: Mapping[str, str], *, query: str = ""
) -> AsyncIterator[Stream]:
    """Listen to a stream."""
    transport = api._transport
    assert isinstance(transport, httpx.ASGITransport)
    received = Stream(frames=asyncio.Queue(), ended=asyncio.Event())
    sent = {**headers, "Accept": "text/event-stream"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "server": ("test", 80),
        "client": ("test", 1),
    }
    started = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not started.is_set():
            started.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
        if body := message.get("body"):
            received.frames.put_nowait(body.decode())

    async def run() -> None:
        await transport.app(scope, receive, send)
        received.ended.set()

    task = asyncio.create_task(run())
    try:
        await asyncio.wait_for(received.frames.get(), 10)
        yield received
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
