"""A home of the module's own for tests of the command."""

from collections.abc import Iterator

import pytest

from tests.shangji.command import Shangji


@pytest.fixture(scope="module")
def shangji(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shangji]:
    """A home that keeps its data through the tests of a module."""
    command = Shangji(tmp_path_factory.mktemp("home"))
    yield command
    command.stop()


@pytest.fixture
def running(shangji: Shangji) -> Shangji:
    """The same home with its servers up, started when they are not."""
    if not shangji.is_running():
        shangji.up()
    return shangji
