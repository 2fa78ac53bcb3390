"""The service alone, with what a first start gives it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.opportunities.owners.house import House
from tests.support.world import open_world


@pytest_asyncio.fixture
async def house(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[House]:
    """An enterprise with an operator and nobody else."""
    async with open_world(database, tmp_path, ["opportunities"]) as world:
        yield House(world)
