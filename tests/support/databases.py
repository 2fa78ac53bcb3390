"""One migrated template per run, one clone per test: every test starts with an empty enterprise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg

import services
from shangji.infra.bootstrap import DatabaseAccess, prepare_database
from shangji.infra.servers import PostgresServer
from shared.contracts.topics import SERVICES
from shared.migrate import migrate


async def make_template(server: PostgresServer, passwords: dict[str, str]) -> DatabaseAccess:
    """A database with all roles and schemas, up to date."""
    access = await prepare_database(server, passwords, f"template_{uuid4().hex[:12]}")
    for service in SERVICES:
        folder = Path(services.__path__[0]) / service / "migrations"
        await migrate(service, folder, access.owner_url(service))
    return access


@asynccontextmanager
async def clone(template: DatabaseAccess) -> AsyncIterator[DatabaseAccess]:
    """A copy of the template that is dropped in the end."""
    copy = replace(template, database=f"test_{uuid4().hex[:12]}")
    admin = await asyncpg.connect(template.server.url())
    try:
        await admin.execute(f'CREATE DATABASE "{copy.database}" TEMPLATE "{template.database}"')
        yield copy
    finally:
        await admin.execute(f'DROP DATABASE IF EXISTS "{copy.database}" WITH (FORCE)')
        await admin.close()
