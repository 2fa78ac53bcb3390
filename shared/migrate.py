"""Brings schemas up to date: numbered SQL files, the platform's first, then the service's own.

`python -m shared.migrate services.leads services.opportunities …`

Each file runs once, in a transaction of its own, under a lock; a file that was changed after it ran
is refused. Plain files through asyncpg keep one driver and one place to look; see the decision page.
"""

import asyncio
import hashlib
import importlib
import sys
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from shared import logs
from shared.app import Service
from shared.settings import ServiceSettings

log = structlog.get_logger()

PLATFORM = Path(__file__).parent / "migrations"


class MigrationChanged(Exception):
    """A migration file is not what it was when it ran."""


def files(schema: str, folder: Path) -> list[tuple[str, Path]]:
    """All migrations of a schema in the order in which they run, by their recorded names."""
    return [
        (f"{origin}/{path.name}", path)
        for origin, folder in (("platform", PLATFORM), (schema, folder))
        for path in sorted(folder.glob("*.sql"))
    ]


async def migrate(schema: str, folder: Path, url: str) -> int:
    """Run what has not run yet; how many files that was. Raises `MigrationChanged`."""
    connection = await asyncpg.connect(
        url, server_settings={"search_path": schema, "lock_timeout": "10s"}
    )
    try:
        return await _migrate(connection, schema, folder)
    finally:
        await connection.close()


async def _migrate(connection: "asyncpg.Connection[Any]", schema: str, folder: Path) -> int:
    await connection.execute("SELECT pg_advisory_lock(hashtext($1))", f"migrate {schema}")
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS migration (
            name text PRIMARY KEY,
            checksum text NOT NULL,
            ran_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )
    ran = dict(await connection.fetch("SELECT name, checksum FROM migration"))
    fresh = 0
    for name, path in files(schema, folder):
        text = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        if ran.get(name, checksum) != checksum:
            raise MigrationChanged(f"{name} was changed after it ran; write a new file instead")
        if name not in ran:
            await _run(connection, name, text, checksum)
            fresh += 1
    return fresh


async def _run(connection: "asyncpg.Connection[Any]", name: str, text: str, checksum: str) -> None:
    async with connection.transaction():
        await connection.execute(text)
        await connection.execute(
            "INSERT INTO migration (name, checksum) VALUES ($1, $2)", name, checksum
        )
    log.info("migration_ran", name=name)


def load(module: str) -> Service:
    """The service a package such as `services.leads` describes in its `app` module."""
    return importlib.import_module(f"{module}.app").SERVICE


async def main(modules: list[str]) -> None:
    """Migrate each service with its owner's role, from `SHANGJI_<SERVICE>_MIGRATION_URL`."""
    for module in modules:
        service = load(module)
        settings = ServiceSettings.load(service.name)
        logs.configure(settings)
        count = await migrate(
            service.name, service.migrations, settings.migration_url or settings.database_url
        )
        log.info("schema_up_to_date", schema=service.name, ran=count)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
