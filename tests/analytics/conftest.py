"""A world of analytics alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.analytics.history import History
from tests.support.world import open_world


@pytest_asyncio.fixture
async def history(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[History]:
    """Analytics, which has heard of nobody but an operator."""
    async with open_world(database, tmp_path, names=("analytics",)) as world:
        history = History(world)
        await history.tell(history.operator)
        yield history
