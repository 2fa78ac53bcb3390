"""Preparing servers that others run, on real ones."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from shangji import setup
from shangji.errors import StartRefused
from shangji.infra.bootstrap import DatabaseAccess
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.names import SERVICES
from shared.contracts.topics import TOPICS


@pytest.fixture
def wanted(postgres: PostgresServer, role_passwords: dict[str, str]) -> DatabaseAccess:
    """The database that is wanted; nobody has made it."""
    return DatabaseAccess(
        server=postgres, database=f"setup_{uuid4().hex[:8]}", passwords=role_passwords
    )


@pytest_asyncio.fixture
async def environment(
    wanted: DatabaseAccess, kafka: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The variables of a deployment."""
    given = {
        "SHANGJI_POSTGRES_ADMIN_URL": wanted.server.url(),
        "SHANGJI_READONLY_URL": wanted.readonly_url(),
        "SHANGJI_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "SHANGJI_TOPIC_PREFIX": f"{wanted.database}.",
        "SHANGJI_TOKEN_PRIVATE_KEY": str(tmp_path / "private.json"),
        "SHANGJI_TOKEN_PUBLIC_KEYS": str(tmp_path / "public.json"),
        "SHANGJI_SEALING_KEYS": str(tmp_path / "sealing.json"),
    }
    for service in SERVICES:
        given[f"SHANGJI_{service.upper()}_DATABASE_URL"] = wanted.app_url(service)
        given[f"SHANGJI_{service.upper()}_MIGRATION_URL"] = wanted.owner_url(service)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    yield
    administrator = await asyncpg.connect(wanted.server.url())
    await administrator.execute(f"DROP DATABASE IF EXISTS {wanted.database} WITH (FORCE)")
    await administrator.close()


async def test_servers_are_prepared_once_and_then_left_alone(
    environment: None, wanted: DatabaseAccess, tmp_path: Path
) -> None:
    first: list[str] = []
    second: list[str] = []

    await setup.prepare(first.append)
    key = (tmp_path / "private.json").read_bytes()
    sealing = (tmp_path / "sealing.json").read_bytes()
    await setup.prepare(second.append)

    assert f"All topics are there; {len(TOPICS)} of them are new." in first
    assert "All topics are there; 0 of them are new." in second
    assert (tmp_path / "private.json").read_bytes() == key
    assert (tmp_path / "sealing.json").read_bytes() == sealing
    for service in SERVICES:
        connection = await asyncpg.connect(wanted.app_url(service))
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
        await connection.close()


async def test_a_role_of_another_name_is_refused(
    environment: None, wanted: DatabaseAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGJI_LEADS_DATABASE_URL", wanted.owner_url("leads"))

    with pytest.raises(StartRefused, match="SHANGJI_LEADS_DATABASE_URL must sign in as 'leads'"):
        await setup.prepare(lambda _sentence: None)


async def test_addresses_in_several_databases_are_refused(
    environment: None, wanted: DatabaseAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = wanted.app_url("leads").replace(wanted.database, "elsewhere")
    monkeypatch.setenv("SHANGJI_LEADS_DATABASE_URL", elsewhere)

    with pytest.raises(StartRefused, match="several databases: elsewhere"):
        await setup.prepare(lambda _sentence: None)


async def test_what_is_missing_is_named(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHANGJI_ANALYTICS_MIGRATION_URL")

    with pytest.raises(StartRefused, match="SHANGJI_ANALYTICS_MIGRATION_URL"):
        await setup.prepare(lambda _sentence: None)
