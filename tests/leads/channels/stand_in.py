"""A platform's API on this machine: answers what a test tells it to, and records what it was asked."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson


@dataclass
class StandIn:
    """Its answers by the last word of the path; anything else is not found."""

    port: int = 0
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """Paths with their queries, and the headers that came with them, names in lower case."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One request, one answer."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        self.asked.append((unquote(path), headers))
        word = path.partition("?")[0].rpartition("/")[2]
        status, body = self.answers.get(word, (404, {}))
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        writer.write(
            f"HTTP/1.1 {status} Said\r\nContent-Length: {len(content)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """A platform for the time of a test."""
    platform = StandIn()
    async with await asyncio.start_server(platform.answer, "127.0.0.1", 0) as server:
        platform.port = server.sockets[0].getsockname()[1]
        yield platform
