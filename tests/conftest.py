"""Real servers for the tests: external when set, else containers, else embedded.

`postgres` and `kafka` are one server each for the whole run. A test never gets a fake of either.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from shangji.child import Child, ChildSpec
from shangji.home import Home
from shangji.infra import bootstrap, docker, embedded, external
from shangji.infra.bootstrap import DatabaseAccess
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.ports import any_free
from tests.support.databases import clone, make_template

if TYPE_CHECKING:
    from tests.support.world import World

POSTGRES_URL = "SHANGJI_TEST_POSTGRES_URL"
KAFKA_BOOTSTRAP = "SHANGJI_TEST_KAFKA_BOOTSTRAP"

# No test asserts a time, on a machine that may be busy with others.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def containers() -> bool:
    """Whether a Docker engine answers on this machine."""
    return docker.engine_answers()


@pytest.fixture(scope="session")
def infra_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of the servers the tests start for themselves."""
    home = Home(tmp_path_factory.mktemp("infra"))
    home.prepare()
    return home


@pytest.fixture(scope="session")
def role_passwords() -> dict[str, str]:
    """The passwords of the database roles; roles belong to the server, so all tests share them."""
    return {name: f"secret of '{name}'" for name in bootstrap.role_names()}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(containers: bool, infra_home: Home) -> AsyncIterator[PostgresServer]:
    """A PostgreSQL 18 and its administrator."""
    if url := os.environ.get(POSTGRES_URL):
        yield external.postgres_server(url)
    elif containers:
        with _postgres_container() as server:
            yield server
    else:
        async with _children() as start:
            yield await embedded.start_postgres(
                infra_home, any_free(), "test", start, lambda _doing: None
            )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(containers: bool, infra_home: Home) -> AsyncIterator[KafkaServer]:
    """A Kafka with no topics of ours; tests take a topic prefix of their own."""
    if bootstrap := os.environ.get(KAFKA_BOOTSTRAP):
        yield KafkaServer(bootstrap=bootstrap)
    elif containers:
        with _kafka_container() as server:
            yield server
    else:
        first = any_free()
        async with _children() as start:
            yield await embedded.start_kafka(
                infra_home,
                (first, any_free({first})),
                start,
                lambda _doing: None,
                lambda _done, _of: None,
            )


@asynccontextmanager
async def _children() -> AsyncIterator[embedded.StartChild]:
    started: list[Child] = []

    async def start(spec: ChildSpec) -> Child:
        child = Child(spec, say=lambda _sentence: None, changed=lambda: None)
        started.append(child)
        await child.start()
        return child

    try:
        yield start
    finally:
        await asyncio.gather(*(child.stop(asyncio.Event()) for child in started))


@contextmanager
def _postgres_container() -> Iterator[PostgresServer]:
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer("postgres:18", username="admin", password="test") as container:
        yield PostgresServer(
            host=container.get_container_host_ip(),
            port=int(container.get_exposed_port(5432)),
            admin="admin",
            password="test",
        )


@contextmanager
def _kafka_container() -> Iterator[KafkaServer]:
    from testcontainers.community.kafka import KafkaContainer

    with KafkaContainer("apache/kafka:4.2.1").with_kraft() as container:
        yield KafkaServer(bootstrap=container.get_bootstrap_server())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(postgres: PostgresServer, role_passwords: dict[str, str]) -> DatabaseAccess:
    """A migrated database that tests clone and never touch."""
    return await make_template(postgres, role_passwords)


@pytest_asyncio.fixture
async def database(template: DatabaseAccess) -> AsyncIterator[DatabaseAccess]:
    """All four schemas, empty, for one test."""
    async with clone(template) as copy:
        yield copy


@pytest_asyncio.fixture
async def world(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator["World"]:
    """All four services in this process, at rest."""
    from tests.support.world import open_world

    async with open_world(database, tmp_path) as opened:
        yield opened
