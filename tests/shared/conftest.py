"""A service of the tests' own, on the schema of `leads`: it hears leads and writes down what it heard."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shared.db import Database


@pytest_asyncio.fixture
async def leads(database: DatabaseAccess) -> AsyncIterator[Database]:
    """The way of the service `leads` to its schema."""
    opened = await Database.open(database.app_url("leads"), schema="leads", max_size=20)
    yield opened
    await opened.close()
