"""A process of a service, from its start."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from shangji.infra.bootstrap import DatabaseAccess
from shangji.ports import LOOPBACK
from shared import runner
from shared.db import Database
from tests.support.proxy import open_proxy
from tests.support.waiting import until


async def test_a_process_that_starts_while_the_database_is_away_waits_for_it(
    database: DatabaseAccess,
):
    async with open_proxy(database.server.host, database.server.port) as link:
        server = replace(database.server, host=LOOPBACK, port=link.port)
        url = replace(database, server=server).app_url("leads")
        link.is_closed = True
        opening = asyncio.create_task(runner.patiently(lambda: Database.open(url, schema="leads")))

        async def turned_away_twice() -> bool:
            return link.turned_away > 1 or opening.done()

        await until("it to be turned away", turned_away_twice)
        link.is_closed = False
        opened = await opening

        async with opened.tx() as tx:
            assert await tx.fetchval("SELECT current_schema()") == "leads"
        await opened.close()


async def test_a_process_that_starts_while_others_found_the_enterprise_waits_for_them():
    refusals = [asyncpg.LockNotAvailableError(), asyncpg.DeadlockDetectedError()]

    async def found() -> str:
        if refusals:
            raise refusals.pop()
        return "founded"

    assert await runner.patiently(found) == "founded"


async def test_a_process_that_may_not_enter_does_not_wait():
    async def enter() -> None:
        raise asyncpg.InvalidPasswordError

    with pytest.raises(asyncpg.InvalidPasswordError):
        await runner.patiently(enter)
