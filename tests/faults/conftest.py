"""Stacks with people in them; one that has passed the checker is used again by the next test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.rig import Rig, open_rig
from tests.support.ledger import USUAL, Mix


@dataclass
class Stable:
    """Keeps one stack ready, and another once that was hurt for good."""

    factory: pytest.TempPathFactory
    _rig: Rig | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def whole_rig(self) -> Rig:
        """The stack of the last test if it has passed the checker, else a new one."""
        if self._rig is None or not self._rig.is_whole:
            await self.close()
            self._rig = await self._open.enter_async_context(manned(self.factory.mktemp("rig")))
        self._rig.is_whole = False
        return self._rig

    async def close(self) -> None:
        """Bring the stack down."""
        await self._open.aclose()
        self._rig = None


@asynccontextmanager
async def manned(
    home: Path, *, seed: int = 1, mix: Mix = USUAL, **environment: str
) -> AsyncIterator[Rig]:
    """A stack in which there is somebody to sell to; nothing of this loop waits for its start."""
    opening = open_rig(home, seed=seed, mix=mix, **environment)
    rig = await asyncio.to_thread(opening.__enter__)
    try:
        await rig.ledger.found()
        yield rig
    finally:
        await asyncio.to_thread(opening.__exit__, None, None, None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stable]:
    stable = Stable(tmp_path_factory)
    yield stable
    await stable.close()


@pytest_asyncio.fixture
async def rig(stable: Stable) -> Rig:
    return await stable.whole_rig()
