"""Schemas move forward, once, and only by files that stay as they were."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from shangji.infra.bootstrap import DatabaseAccess
from shared.migrate import MigrationChanged, files, migrate


def folder_with(tmp_path: Path, **scripts: str) -> Path:
    for name, text in scripts.items():
        (tmp_path / f"{name}.sql").write_text(text)
    return tmp_path


async def test_a_new_file_runs_once_even_when_two_start_at_once(
    database: DatabaseAccess, tmp_path: Path
):
    folder = folder_with(tmp_path, **{"9001_more": "CREATE TABLE more (id int)"})
    url = database.owner_url("leads")

    counts = await asyncio.gather(*(migrate("leads", folder, url) for _ in range(3)))

    assert sorted(counts) == [0, 0, 1]


async def test_a_file_that_was_changed_after_it_ran_is_refused(
    database: DatabaseAccess, tmp_path: Path
):
    url = database.owner_url("leads")
    await migrate(
        "leads", folder_with(tmp_path, **{"9001_more": "CREATE TABLE more (id int)"}), url
    )

    folder_with(tmp_path, **{"9001_more": "CREATE TABLE more (id bigint)"})

    with pytest.raises(MigrationChanged, match=r"leads/9001_more\.sql"):
        await migrate("leads", tmp_path, url)


async def test_a_file_that_fails_leaves_nothing_behind(database: DatabaseAccess, tmp_path: Path):
    url = database.owner_url("leads")
    folder = folder_with(tmp_path, **{"9001_half": "CREATE TABLE half (id int); SELECT 1/0"})

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate("leads", folder, url)

    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT to_regclass('leads.half')") is None
    await connection.close()


def test_the_platforms_files_come_first(tmp_path: Path):
    names = [name for name, _ in files("leads", folder_with(tmp_path, **{"0001_own": ""}))]

    assert names[0] == "platform/0001_platform.sql"
    assert names[-1] == "leads/0001_own.sql"


async def test_a_service_cannot_change_its_own_schema(database: DatabaseAccess):
    connection = await asyncpg.connect(database.app_url("leads"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE leads.sneaky (id int)")

    await connection.close()


async def test_a_service_cannot_read_another_services_schema(database: DatabaseAccess):
    connection = await asyncpg.connect(database.app_url("analytics"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("SELECT * FROM leads.outbox")

    await connection.close()
