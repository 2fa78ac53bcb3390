"""Runs one service, or some of its roles, as one process.

`python -m shared.runner services.leads --roles api,relay,consumer,timers`
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal, TypeVar, get_args

import structlog
import uvicorn
import uvloop

from shared import access, failpoints, logs, relay, timers
from shared.app import Resources
from shared.consumer.loop import ConsumerLoop
from shared.db import TRANSIENT, Database
from shared.migrate import load
from shared.operations import routers
from shared.settings import ServiceSettings
from shared.tasks import is_told_to_end
from shared.web import create_api, idempotency

log = structlog.get_logger()

T = TypeVar("T")
Role = Literal["api", "relay", "consumer", "timers"]
ROLES: tuple[Role, ...] = get_args(Role)
AWAY_FOR = 30.0
"""Seconds that a process which starts waits for a database that does not answer."""

STOP_WITHIN = 10
"""Seconds that open requests and streams get to end after SIGTERM."""
COLLECT_EVERY = (50_000, 20, 20)
"""New objects, and rounds, between two looks of the garbage collector: nearly all go without it."""


async def serve(module: str, roles: list[Role]) -> None:
    """Run until SIGTERM or SIGINT; a part that fails for good ends the process for the supervisor."""
    service = load(module)
    settings = ServiceSettings.load(service.name)
    logs.configure(settings)
    database = await patiently(
        lambda: Database.open(
            settings.database_url,
            schema=service.name,
            max_size=settings.pool_size,
            sealer=settings.sealer(),
        )
    )
    resources = Resources(service=service, settings=settings, database=database)
    _listen_for_signals(resources.stop)
    failpoints.listen()
    try:
        if (on_start := service.on_start) is not None:
            await patiently(lambda: on_start(resources))
        parts = _parts(resources)
        async with asyncio.TaskGroup() as group:
            for role in roles:
                group.create_task(_part(resources, role, parts[role]), name=role)
            log.info("process_started", roles=roles)
    finally:
        await database.close()
        log.info("process_ended")


async def patiently(begin: Callable[[], Awaitable[T]]) -> T:
    """Begin; a database that is away, or busy with others who begin, is waited for a while.

    A process that dies of it instead is started again the later, the more often it has died.
    """
    gives_up_at = monotonic() + AWAY_FOR
    while True:
        try:
            return await begin()
        except TRANSIENT as problem:
            if monotonic() > gives_up_at:
                raise
            log.warning("database_awaited", reason=repr(problem))
        await asyncio.sleep(0.3)


def _listen_for_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _parts(resources: Resources) -> dict[Role, Callable[[], Coroutine[Any, Any, None]]]:
    service, settings, database = resources.service, resources.settings, resources.database
    consumer = ConsumerLoop(settings, database, access.listening(service.consumer))
    return {
        "api": lambda: _serve_api(resources),
        "relay": lambda: relay.run(settings, stop=resources.stop, announced=database.announced),
        "consumer": lambda: consumer.run(resources.stop),
        "timers": lambda: timers.run(
            database, (*service.timers, idempotency.PURGE), stop=resources.stop
        ),
    }


async def _part(
    resources: Resources, role: Role, run: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run a part; whichever way it ends, the others end too, also those that miss a cancellation."""
    try:
        await run()
        if not resources.stop.is_set():
            raise RuntimeError(f"{role} ended without being told to")
    except asyncio.CancelledError as stray:
        if resources.stop.is_set() or is_told_to_end():
            raise
        raise RuntimeError(f"{role} was cancelled, and by nobody") from stray
    finally:
        resources.stop.set()


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: this process has more than one thing to stop."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def _serve_api(resources: Resources) -> None:
    settings = resources.settings
    server = _Server(
        uvicorn.Config(
            create_api(resources, routers=routers(resources)),
            host=settings.host,
            port=settings.port,
            loop="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=STOP_WITHIN,
            backlog=2048,
        )
    )

    # What is there by now stays for good: nobody needs to look whether it is garbage.
    gc.freeze()

    async def stop_when_told() -> None:
        await resources.stop.wait()
        server.should_exit = True

    watcher = asyncio.create_task(stop_when_told())
    try:
        await server.serve()
    finally:
        watcher.cancel()


def read(words: Sequence[str] | None = None) -> tuple[str, list[Role]]:
    """The module and the roles that a command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m shared.runner", description=__doc__)
    parser.add_argument("module", help="a package such as services.leads")
    parser.add_argument(
        "--roles", default=",".join(ROLES), help="a list out of: " + ", ".join(ROLES)
    )
    arguments = parser.parse_args(words)
    roles = arguments.roles.split(",")
    unknown = set(roles) - set(ROLES)
    if unknown:
        parser.error(f"unknown roles: {', '.join(sorted(unknown))}")
    return arguments.module, roles


def main() -> None:
    """Read the command line and run."""
    module, roles = read()
    gc.set_threshold(*COLLECT_EVERY)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(module, roles))


if __name__ == "__main__":
    sys.exit(main())
