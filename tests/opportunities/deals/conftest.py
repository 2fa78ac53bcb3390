"""One service of deals in this process, with a small sales organisation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.opportunities.deals.sales import Sales, found
from tests.support.world import open_world


@pytest_asyncio.fixture
async def sales(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Sales]:
    """Two teams, a customer of Anna's, and nobody else around."""
    async with open_world(database, tmp_path, ["opportunities"]) as world:
        yield await found(world)
