"""A stack to be hurt: its processes by name, plans for its failpoints, and what must hold in the end."""

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import psutil

from shangji.home import Home, read_json
from shangji.infra.postgres import ADMIN
from shangji.lock import same_process
from shangji.names import DATABASE
from shangji.stack import Stack
from shared.ids import external_id
from shared.settings import ServiceSettings
from shared.tokens import Signer
from tests.support.checks import (
    nothing_is_lost_and_nothing_happened_twice,
    open_reader,
    until_at_rest,
    until_imported,
)
from tests.support.ledger import USUAL, Ledger, Mix, open_client
from tests.support.stack import Shangji, open_stack
from tests.support.waiting import until

OPERATOR = external_id("person", "shangji", "operator")


@dataclass(kw_only=True)
class Rig:
    """One stack, its ledger, and the levers."""

    shangji: Shangji
    stack: Stack
    plans: Path
    ledger: Ledger
    is_whole: bool = True
    """Whether everything held when it was last asked; only then another test may have this stack."""

    def processes(self) -> dict[str, dict[str, Any]]:
        """What the supervisor has written down of each process."""
        state = read_json(Home(self.stack.home).state_file)
        return {process["name"]: process for process in state["processes"]}

    def process(self, name: str) -> dict[str, Any]:
        """What the supervisor has written down of a process."""
        return self.processes()[name]

    def living(self, name: str) -> psutil.Process:
        """A process that is there; raises `psutil.NoSuchProcess` while it is not."""
        found = self.process(name)
        process = same_process(found["pid"] or 0, found["created_at"])
        if process is None:
            raise psutil.NoSuchProcess(found["pid"] or 0, name)
        return process

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process."""
        self.living(name).send_signal(number)

    async def kill(self, name: str) -> None:
        """Kill a process, as soon as it is there."""

        async def killed() -> bool:
            try:
                self.send(name, signal.SIGKILL)
            except psutil.NoSuchProcess:
                return False
            return True

        await until(f"{name} to be there", killed, seconds=90)

    def plan(self, name: str, text: str) -> None:
        """Let a service process do this at its failpoints, from now on and until it dies."""
        (self.plans / name).write_text(text)
        self.send(name, signal.SIGUSR1)

    def is_stopped(self, name: str) -> bool:
        """Whether a process is stopped by a signal."""
        return self.living(name).status() == psutil.STATUS_STOPPED

    def family(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and to all that it has started."""
        leader = self.living(name)
        for member in (leader, *leader.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                member.send_signal(number)

    @asynccontextmanager
    async def administrator(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """One who may do to the database what no service may."""
        home = Home(self.stack.home)
        server = read_json(home.state_file)["postgres"]
        connection = await asyncpg.connect(
            host=server["host"],
            port=server["port"],
            user=ADMIN,
            password=read_json(home.secrets_file)[ADMIN],
            database=DATABASE,
        )
        try:
            yield connection
        finally:
            await connection.close()

    def settings(self, service: str, **more: Any) -> ServiceSettings:
        """What a process of this service is told, for parts of it that run in the test."""
        return ServiceSettings(
            service=service,
            database_url=self.stack.database_url(service),
            kafka_bootstrap=self.stack.kafka_bootstrap,
            topic_prefix=self.stack.topic_prefix,
            **more,
        )

    def guest(self, service: str, role: str, *, instance: str) -> subprocess.Popen[bytes]:
        """Start one more process of a service, as when it is scaled out."""
        with (self.stack.home / "logs" / f"{service}-{role}-beside.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "shared.runner", f"services.{service}", "--roles", role],
                env=self.shangji.environment
                | self.stack.environment
                | {"SHANGJI_INSTANCE": instance},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @contextmanager
    def beside(self, service: str, role: str) -> Iterator[None]:
        """One more process of a service, which must not end by itself."""
        process = self.guest(service, role, instance="1")
        try:
            yield
            assert process.poll() is None, f"the second {role} of {service} has ended"
        finally:
            process.terminate()
            process.wait(30)

    def said(self, service: str, event: str) -> int:
        """How often a service has logged this."""
        return (self.stack.home / "logs" / f"{service}.log").read_text().count(f'"{event}"')

    async def until_said(self, service: str, event: str, *, more_than: int) -> None:
        """Wait until a service has logged this once more."""

        async def again() -> bool:
            return self.said(service, event) > more_than

        await until(f"{service} to say {event}", again, seconds=90)

    async def count(self, sql: str) -> int:
        """The number that a query of the read-only role answers."""
        async with open_reader(self.stack.readonly_url) as database:
            return await database.fetchval(sql) or 0

    async def until_counted(
        self, what: str, sql: str, *, more_than: int, seconds: float = 90
    ) -> None:
        """Wait until a query answers more than this."""

        async def more() -> bool:
            return await self.count(sql) > more_than

        await until(what, more, seconds=seconds)

    async def until_given_up(self, service: str) -> None:
        """Wait until PostgreSQL has ended the relay's session of a service, and all its transactions."""

        async def given_up() -> bool:
            async with self.administrator() as administrator:
                return not await administrator.fetchval(
                    """
                    SELECT count(*)
                      FROM pg_stat_activity
                     WHERE usename = $1
                       AND (application_name LIKE '%-relay' OR state LIKE 'idle in transaction%')
                    """,
                    service,
                )

        await until(f"PostgreSQL to give up {service}", given_up, seconds=60)

    async def until_restarted(self, name: str, before: dict[str, Any]) -> None:
        """Wait until a process has died, runs again, and its service can work."""

        async def again() -> bool:
            return self.process(name)["restarts"] > before["restarts"]

        await until(f"{name} to die and run again", again, seconds=90)
        if name in self.stack.service_urls:
            await self.until_ready(name)

    async def until_ready(self, service: str) -> None:
        """Wait until a service says that it can work."""
        async with open_client() as client:

            async def ready() -> bool:
                try:
                    return (await client.get(f"{self.stack.url(service)}/readyz")).is_success
                except httpx.HTTPError:
                    return False

            await until(f"{service} to be ready", ready, seconds=90)

    async def until_taken(self, leads: int = 10, *, seconds: float = 120) -> None:
        """Wait until so many more leads are accepted."""
        wanted = len(self.ledger.leads) + leads

        async def taken() -> bool:
            self.ledger.raise_early()
            return len(self.ledger.leads) >= wanted

        await until(f"{leads} more leads to be accepted", taken, seconds=seconds)

    async def until_unclear(self, times: int = 1, *, status: int | None = None) -> None:
        """Wait until so many more answers do not come, or come with this status and are no answers."""

        def seen() -> int:
            return self.ledger.unclear if status is None else self.ledger.vague[status]

        wanted = seen() + times

        async def enough() -> bool:
            return seen() >= wanted

        await until(f"{times} answers to be unclear", enough, seconds=90)

    async def check(
        self, *words: str, injected: Collection[UUID] = (), seconds: float = 120
    ) -> str:
        """Wait for rest; then everything has to hold, here and in the eyes of `shangji verify`.

        Events of `injected` records are a test's own, and may wait.
        """
        async with open_reader(self.stack.readonly_url) as database:
            await until_imported(database, seconds=seconds)
            await until_at_rest(self.ledger, seconds=seconds)
            await nothing_is_lost_and_nothing_happened_twice(
                self.ledger, database, injected=injected
            )
        said = await self.verify(*words)
        self.is_whole = not words
        return said

    async def verify(self, *words: str) -> str:
        """Ask `shangji verify`, which is told what the clients were told; what it says."""
        path = self.plans / "ledger"
        self.ledger.write(path)
        return await asyncio.to_thread(self.shangji.must, "verify", "--ledger", str(path), *words)


@contextmanager
def open_rig(home: Path, *, seed: int = 1, mix: Mix = USUAL, **environment: str) -> Iterator[Rig]:
    """An empty stack that obeys plans."""
    environment = {"SHANGJI_RESTART_PAUSE": "0.5", **environment}
    with (
        tempfile.TemporaryDirectory() as plans,
        open_stack(home, "--no-demo", SHANGJI_FAIL_DIR=plans, **environment) as shangji,
    ):
        stack = Stack.read(home)
        signer = Signer.load(stack.token_private_key)
        ledger = Ledger(stack.service_urls, signer, OPERATOR, seed, mix)
        yield Rig(shangji=shangji, stack=stack, plans=Path(plans), ledger=ledger)
