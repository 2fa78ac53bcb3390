"""The generator of load, against a server that takes everything at once, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from shangji.bench.load import Generator, Job
from shangji.errors import StartRefused

Serve = Callable[[bytes], Awaitable[int]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers that give the same answer to every request; their port."""
    servers: list[asyncio.Server] = []

    async def start(answer: bytes) -> int:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                    await reader.readexactly(int(length))
                    writer.write(answer)
            except asyncio.IncompleteReadError:
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        servers.append(server)
        return server.sockets[0].getsockname()[1]

    yield start
    for server in servers:
        server.close()


TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"


def job(port: int, **more: float) -> Job:
    return Job.model_validate(
        {"port": port, "token": "t", "first_phone": 0, "seconds": 0.2, "connections": 4, **more}
    )


async def test_a_closed_load_sends_the_next_lead_when_the_last_is_answered(serve: Serve):
    outcome = await Generator(job(await serve(TAKEN))).run()

    assert outcome.accepted == len(outcome.milliseconds) > 4
    assert outcome.refused == 0


async def test_an_open_load_sends_as_many_as_fall_due(serve: Serve):
    outcome = await Generator(job(await serve(TAKEN), rate=100)).run()

    assert outcome.accepted == 20


async def test_leads_that_are_not_taken_spoil_a_measurement(serve: Serve):
    answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    outcome = await Generator(job(await serve(answer))).run()

    with pytest.raises(StartRefused, match="were not taken"):
        outcome.whole()


async def test_a_server_that_hangs_up_ends_the_load(serve: Serve):
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        outcome = await Generator(job(server.sockets[0].getsockname()[1])).run()

    assert outcome.refused > 0
