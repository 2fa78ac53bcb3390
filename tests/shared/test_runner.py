"""A process of a service, from its start."""

import asyncio
from dataclasses import replace

from shangji.infra.bootstrap import DatabaseAccess
from shangji.ports import LOOPBACK
from shared import runner
from shared.settings import ServiceSettings
from tests.support.proxy import open_proxy
from tests.support.waiting import until


async def test_a_process_that_starts_while_the_database_is_away_waits_for_it(
    database: DatabaseAccess,
):
    async with open_proxy(database.server.host, database.server.port) as link:
        server = replace(database.server, host=LOOPBACK, port=link.port)
        url = replace(database, server=server).app_url("leads")
        link.is_closed = True
        opening = asyncio.create_task(
            runner.open_database(ServiceSettings(service="leads", database_url=url))
        )

        async def turned_away_twice() -> bool:
            return link.turned_away > 1 or opening.done()

        await until("it to be turned away", turned_away_twice)
        link.is_closed = False
        opened = await opening

        async with opened.tx() as tx:
            assert await tx.fetchval("SELECT current_schema()") == "leads"
        await opened.close()
