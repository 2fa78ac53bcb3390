"""A stack of its own in a temporary home, with a small enterprise in it; nothing is left of it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import psutil

from shangji import secrets
from shangji.bench import enterprise
from shangji.client import Client, connect
from shangji.errors import StartRefused
from shangji.home import Home, read_json
from shangji.infra import postgres
from shangji.infra.privileges import launcher
from shangji.infra.servers import PostgresServer
from shangji.journal import tail
from shangji.names import DATABASE, SERVICES
from shangji.ports import LOOPBACK, any_free
from shangji.stack import NotRunning, Stack
from shared.settings import ServiceSettings

START_WITHIN = 300.0
STOP_WITHIN = 60.0
POLL_EVERY = 0.1
INHERITED = ("SHANGJI_MAVEN_REPOSITORY", "SHANGJI_PROCESSES")
"""The only settings of the caller that reach the stack: where jars come from, how it is divided."""

SCHEMA = "bench"
"""Where raw limits keep their tables, in the stack's own database."""

DOWNSTREAM = ("opportunities", "notifications", "analytics")


@dataclass
class Yard:
    """A running stack that nobody else uses."""

    home: Home
    stack: Stack
    client: Client
    admin: "asyncpg.Connection[Any]"
    database_url: str
    """The administrator's, for raw limits."""
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def settings(self) -> ServiceSettings:
        """For the platform's own parts, when they work in the scratch schema and on topics of its own."""
        return ServiceSettings(
            service=SCHEMA,
            database_url=self.database_url,
            kafka_bootstrap=self.stack.kafka_bootstrap,
            topic_prefix=f"{SCHEMA}.",
        )

    def range_of_phones(self) -> int:
        """The first of 200,000 phone numbers that nobody has used."""
        return next(self._numbers) * 200_000

    def processes(self, *services: str) -> list[psutil.Process]:
        """The processes of some services."""
        records = read_json(self.home.state_file)["processes"]
        return [
            psutil.Process(record["pid"])
            for record in records
            if record["name"].partition("-")[0] in services
        ]

    @contextmanager
    def stopped(self, *services: str) -> Iterator[None]:
        """Services that do nothing for a while, as if the processors were not there for them."""
        processes = self.processes(*services)
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)

    async def settle(self) -> None:
        """Wait until everybody has heard everything, and the disk has what memory owes it."""
        await self.client.wait_for_quiet()
        await self.admin.execute("CHECKPOINT")

    async def sent(self, service: str) -> None:
        """Wait until a service has nothing more to say."""
        path = "/operations/status"
        while (await self.client.get(service, path))["outbox"]:  # noqa: ASYNC110 - not ours to tell
            await asyncio.sleep(POLL_EVERY)


@asynccontextmanager
async def open_yard() -> AsyncIterator[Yard]:
    """Start a stack and found the enterprise; in the end stop it and remove every trace."""
    with TemporaryDirectory(prefix="shangji-bench-") as folder:
        home = Home(Path(folder))
        async with _running(home) as stack:
            server = PostgresServer(
                host=LOOPBACK,
                port=read_json(home.ports_file)["postgres"],
                admin=postgres.ADMIN,
                password=secrets.ensure_passwords(home)[postgres.ADMIN],
            )
            admin = await asyncpg.connect(server.url(DATABASE))
            try:
                await admin.execute(f"CREATE SCHEMA {SCHEMA}")
                async with connect(stack) as client:
                    await enterprise.found(client)
                    await client.wait_for_quiet()
                    yield Yard(home, stack, client, admin, server.url(DATABASE))
            finally:
                await admin.close()


@asynccontextmanager
async def _running(home: Home) -> AsyncIterator[Stack]:
    words = ["-m", "shangji", "up", "--no-demo", "--infra", "embedded"]
    output = home.path / "up.log"
    with output.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *launcher(signal.SIGTERM, None),
            sys.executable,
            *words,
            env=_environment(home),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(START_WITHIN):
            stack = await _wait_running(home, process, output)
        yield stack
    finally:
        await _end(process)


def _environment(home: Home) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SHANGJI_") or name in INHERITED
    }
    ports: dict[str, int] = {}
    for name in (*SERVICES, "postgres", "kafka", "kafka_controller"):
        ports[name] = any_free(ports.values())
    chosen = {f"SHANGJI_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    return kept | chosen | {"SHANGJI_HOME": str(home.path)}


async def _wait_running(home: Home, process: asyncio.subprocess.Process, output: Path) -> Stack:
    while process.returncode is None:
        try:
            return Stack.read(home)
        except NotRunning:
            await asyncio.sleep(POLL_EVERY)
    raise StartRefused(f"The stack to measure did not start: {tail(output, 3)}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
