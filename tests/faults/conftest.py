"""One stack for each module, with people in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.rig import Rig, open_rig


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    with open_rig(tmp_path_factory.mktemp("rig")) as rig:
        await rig.ledger.found()
        yield rig
