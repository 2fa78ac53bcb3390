"""A TCP link that can be slow, be cut, swallow everything, or fail at the worst of all moments."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Proxy:
    """Forwards to one server; what happens on the way can be changed at any time."""

    host: str
    target: int
    port: int = 0
    latency: float = 0
    """Seconds that every piece takes, each way."""
    jitter: float = 0
    """How much longer or shorter that may be."""
    bandwidth: float = 0
    """Bytes a second, each way; 0 is without limit."""
    slice: int = 65_536
    """The largest piece that is passed on at once."""
    trap: bytes = b""
    """As soon as a client has sent this, it is passed on and the link fails, once."""
    failing: Literal["cut", "deaf"] = "cut"
    """The client is reset; or nothing comes back to it any more."""
    trapped: int = 0
    is_closed: bool = False
    """Whoever calls is turned away at once."""
    turned_away: int = 0
    is_hole: bool = False
    """Whatever is sent is lost without a word; a connection that has lost something stays lost."""
    _dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Reset all connections, in the middle of whatever they carry."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        if self.is_closed:
            self.turned_away += 1
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(self.host, self.target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, client=writer, server=back)
        self._writers |= {writer, back}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, back, link, upstream=True))
                both.create_task(self._carry(there, writer, link, upstream=False))
        finally:
            self._writers -= {writer, back}
            for end in (writer, back):
                end.close()

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        link: "_Link",
        *,
        upstream: bool,
    ) -> None:
        with suppress(ConnectionError):
            while piece := await source.read(self.slice):
                await self._delay(piece)
                link.is_lost = link.is_lost or self.is_hole
                if link.is_lost or (link.is_deaf and not upstream):
                    continue
                sprung = upstream and bool(self.trap) and self.trap in piece
                if sprung:
                    link.spring()
                sink.write(piece)
                await sink.drain()
                if sprung and self.failing == "cut":
                    await link.cut_once_done()
        with suppress(OSError, RuntimeError):
            sink.write_eof()

    async def _delay(self, piece: bytes) -> None:
        wait = self.latency + self.jitter * self._dice.uniform(-1, 1)
        wait += len(piece) / self.bandwidth if self.bandwidth else 0
        if wait:
            await asyncio.sleep(wait)


@dataclass
class _Link:
    """Both ends of one connection."""

    proxy: Proxy
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_deaf: bool = False
    is_lost: bool = False

    def spring(self) -> None:
        """From now on the client hears nothing; the trap is used up."""
        self.proxy.trap = b""
        self.proxy.trapped += 1
        self.is_deaf = True

    async def cut_once_done(self) -> None:
        """Reset the client; the server has got everything and is left to finish."""
        self.client.transport.abort()


@asynccontextmanager
async def open_proxy(host: str, target: int) -> AsyncIterator[Proxy]:
    """A link to this server, which may start later, on a port of its own."""
    proxy = Proxy(host, target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
