"""A toy service behind the real door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.shared.web.toy import Caller, Toy, open_toy


@pytest_asyncio.fixture
async def toy(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Toy]:
    """The toy service, with an empty directory."""
    async with open_toy(database, tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def anna(toy: Toy) -> Caller:
    """A seller."""
    return await toy.hire("seller")
