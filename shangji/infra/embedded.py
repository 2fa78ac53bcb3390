"""PostgreSQL and Kafka started here, side by side, as children of this process."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from shangji.child import Child, ChildSpec, ready
from shangji.errors import StartRefused
from shangji.home import Home
from shangji.infra import kafka, kafka_jars, postgres
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.ports import LOOPBACK

StartChild = Callable[[ChildSpec], Awaitable[Child]]
Tell = Callable[[str], None]


def jar_cache(home: Home) -> Path:
    """Return where jars are kept between stacks: the user's cache, or the home without one."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = Path(base) / "shangji" / "jars"
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        if os.access(cache, os.W_OK):
            return cache
    return home.path / "cache" / "jars"


async def start_postgres(
    home: Home, port: int, password: str, start: StartChild, tell: Tell
) -> PostgresServer:
    """Bring PostgreSQL up on its durable data."""
    server = PostgresServer(
        host=LOOPBACK,
        port=port,
        admin=postgres.ADMIN,
        password=password,
        log=home.log("postgres"),
    )
    try:
        if not home.postgres_data.exists():
            tell("creating its data directory")
        await postgres.ensure_cluster(home.postgres_data, password)
        tell("starting")
        child = await start(postgres.spec(home.postgres_data, port, home.log("postgres")))
    except OSError as error:
        raise StartRefused(f"PostgreSQL could not be started: {error}.") from error
    await ready(child, postgres.wait_ready(server))
    return replace(server, port=_reached_at("POSTGRES", port))


async def start_kafka(
    home: Home,
    ports: tuple[int, int],
    start: StartChild,
    tell: Tell,
    on_jar: Callable[[int, int], None],
) -> KafkaServer:
    """Bring Kafka up on its durable data, fetching its jars the first time."""
    try:
        jars = await asyncio.to_thread(kafka_jars.ensure_jars, jar_cache(home), on_jar)
        tell("starting")
        node = kafka.Kafka(
            home.kafka_data,
            jars,
            ports,
            home.log("kafka"),
            reached_at=_reached_at("KAFKA", ports[0]),
        )
        await node.ensure_storage()
        child = await start(node.spec())
    except OSError as error:
        raise StartRefused(f"Kafka could not be started: {error}.") from error
    await ready(child, kafka.wait_ready(node.server))
    return node.server


def _reached_at(server: str, port: int) -> int:
    """The port that others are told: the server's own, or that of a link which a test has laid to it."""
    return int(os.environ.get(f"SHANGJI_{server}_LINK_PORT") or port)
