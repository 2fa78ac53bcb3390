"""A whole stack of its own, reached only as a user would: the command, HTTP, the read-only role."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.stack import Shangji, open_stack


@pytest.fixture(scope="session")
def start_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Shangji]]:
    """Start stacks of their own on free ports; all of them end with the run."""
    with ExitStack() as started:

        def start(*options: str, **environment: str) -> Shangji:
            home = tmp_path_factory.mktemp("stack")
            return started.enter_context(open_stack(home, *options, **environment))

        yield start


@pytest.fixture(scope="session")
def stack(start_stack: Callable[..., Shangji]) -> Shangji:
    """An empty stack, shared by all who neither need one of their own nor mind what others did to it."""
    return start_stack("--no-demo")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; it lies beside the project, never in it."""
    folder = os.environ.get("SHANGJI_DATA")
    if not folder:
        pytest.skip("SHANGJI_DATA does not name the folder of real data")
    return Path(folder)
