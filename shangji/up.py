"""Bringing a stack up, keeping it up, and bringing it down again."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from shangji import ports, secrets, services
from shangji.child import Child, ChildSpec, ready
from shangji.home import Home
from shangji.infra import bootstrap, docker, embedded, external, postgres
from shangji.infra.privileges import launcher
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.journal import Journal, Steps
from shangji.lock import only_supervisor
from shangji.names import SERVICES
from shangji.stack import Stack
from shangji.supervisor import Layer, Supervisor, stop_leftovers
from shangji.welcome import print_welcome

INFRASTRUCTURES = ("embedded", "docker", "external")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the person asked for."""

    infra: str
    demo: bool
    services: bool


async def run(home: Home, options: Options, console: Console) -> None:
    """Hold a stack up until a signal ends it; refuse in one sentence when it cannot stand."""
    home.prepare()
    with only_supervisor(home):
        journal = Journal(home.log("supervisor"), console)
        try:
            if found := await stop_leftovers(home):
                journal.say(found)
            await _hold(Starting(home, options, journal), journal)
        finally:
            journal.close()


async def _hold(starting: "Starting", journal: Journal) -> None:
    asked_to_stop = asyncio.Event()
    supervisor = starting.supervisor

    def on_signal() -> None:
        if asked_to_stop.is_set():
            supervisor.hurry.set()
        asked_to_stop.set()

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, on_signal)
    start = asyncio.create_task(starting.everything())
    stop = asyncio.create_task(asked_to_stop.wait())
    try:
        await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
        if start.done():
            start.result()
            await stop
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        journal.say("Stopping; press Ctrl-C again to hurry.")
    finally:
        stop.cancel()
        await supervisor.stop_all()
    journal.say("Shangji is stopped.")


class Starting:
    """The steps from an empty home to a running stack."""

    def __init__(self, home: Home, options: Options, journal: Journal) -> None:
        self.supervisor = Supervisor(home, journal)
        self._home = home
        self._options = options
        self._journal = journal

    async def everything(self) -> None:
        """Servers, database roles, schemas, topics, services, demo: in this order."""
        home, supervisor = self._home, self.supervisor
        ours = ports.settle(home, self._port_names(), self._journal.say)
        secrets.ensure_keys(home.token_private_key, home.token_public_keys)
        secrets.ensure_sealing_keys(home.sealing_keys)
        with self._journal.steps() as steps:
            admin, kafka = await self._servers(steps, ours)
            databases, readonly = await self._databases(admin)
            common = services.environment(home, kafka, databases, ours, demo=self._options.demo)
            supervisor.tell(
                infra=self._options.infra,
                demo=self._options.demo,
                topic_prefix=services.topic_prefix(),
                kafka={"bootstrap": kafka.bootstrap, "log": _text(kafka.log)},
                postgres=_described(admin),
                database={"readonly_url": readonly},
                services={},
                environment=common,
            )
            if self._options.services:
                await self._migrate(steps, common)
                await self._run_services(steps, common, ours)
        stack = Stack.of(home, supervisor.facts | {"supervisor": {"pid": os.getpid()}})
        await self._load_demo(stack)
        supervisor.tell(phase="running")
        await self._feed_demo(common)
        print_welcome(stack, self._journal.console)

    def _port_names(self) -> list[str]:
        own = {"embedded": ["postgres", "kafka", "kafka_controller"], "docker": docker.CONTAINERS}
        return [*own.get(self._options.infra, ()), *SERVICES]

    async def _servers(
        self, steps: Steps, ours: dict[str, int]
    ) -> tuple[PostgresServer | None, KafkaServer]:
        match self._options.infra:
            case "external":
                return external.administrator(), external.kafka()
            case "docker":
                with steps.step("PostgreSQL and Kafka in containers"):
                    passwords = secrets.ensure_passwords(self._home)
                    return await docker.start(self._home, ours, passwords, self._start_server)
            case _:
                async with asyncio.TaskGroup() as both:
                    database = both.create_task(self._postgres(steps, ours))
                    broker = both.create_task(self._kafka(steps, ours))
                return database.result(), broker.result()

    async def _postgres(self, steps: Steps, ours: dict[str, int]) -> PostgresServer:
        password = secrets.ensure_passwords(self._home)[postgres.ADMIN]
        with steps.step("PostgreSQL") as step:
            return await embedded.start_postgres(
                self._home, ours["postgres"], password, self._start_server, step.doing
            )

    async def _kafka(self, steps: Steps, ours: dict[str, int]) -> KafkaServer:
        listeners = (ours["kafka"], ours["kafka_controller"])
        with steps.step("Kafka") as step:
            return await embedded.start_kafka(
                self._home,
                listeners,
                self._start_server,
                step.doing,
                lambda done, of: step.at(done, of, "fetching its jars"),
            )

    async def _start_server(self, spec: ChildSpec) -> Child:
        return await self.supervisor.start(Layer.SERVERS, spec)

    async def _databases(self, admin: PostgresServer | None) -> tuple[dict[str, str], str]:
        if admin is None:
            return external.database_environment(), external.readonly_url()
        access = await bootstrap.prepare_database(admin, secrets.ensure_passwords(self._home))
        urls = {
            f"SHANGJI_{service.upper()}_{kind}": url
            for service in SERVICES
            for kind, url in (
                ("DATABASE_URL", access.app_url(service)),
                ("MIGRATION_URL", access.owner_url(service)),
            )
        }
        return urls, access.readonly_url()

    async def _migrate(self, steps: Steps, common: dict[str, str]) -> None:
        modules = [f"services.{service}" for service in SERVICES]
        with steps.step("Schemas and topics"):
            await services.run_once(self._home, "migrate", ["shared.migrate", *modules], common)
            await services.run_once(self._home, "topics", ["shared.topics"], common)

    async def _run_services(
        self, steps: Steps, common: dict[str, str], ours: dict[str, int]
    ) -> None:
        known: dict[str, Any] = {}
        with steps.step("Services"):
            waiting: list[Any] = []
            for service, spec in services.specs(self._home, common):
                url = f"http://{ports.LOOPBACK}:{ours[service]}"
                known.setdefault(service, {"url": url, "log": str(spec.log), "processes": []})
                known[service]["processes"].append(spec.name)
                child = await self.supervisor.start(Layer.SERVICES, spec)
                waiting.append(ready(child, services.wait_ready(service, url)))
            self.supervisor.tell(services=known)
            await asyncio.gather(*waiting)

    async def _load_demo(self, stack: Stack) -> None:
        if not self._has_demo:
            return
        # Only a stack with a demo pays for importing it.
        from shangji.demo import load_demo  # noqa: PLC0415

        if took := await load_demo(stack, self._journal.console):
            self._journal.say(took)

    async def _feed_demo(self, common: dict[str, str]) -> None:
        if not self._has_demo:
            return
        feeder = [*launcher(signal.SIGTERM, None), sys.executable, "-m", "shangji.demo.feeder"]
        log = self._home.log("demo-feeder")
        spec = ChildSpec(name="demo-feeder", argv=feeder, log=log, env=common)
        await self.supervisor.start(Layer.FEEDERS, spec)

    @property
    def _has_demo(self) -> bool:
        return self._options.demo and self._options.services


def _described(server: PostgresServer | None) -> dict[str, Any]:
    if server is None:
        return {}
    return {"host": server.host, "port": server.port, "log": _text(server.log)}


def _text(path: object) -> str | None:
    return None if path is None else str(path)
