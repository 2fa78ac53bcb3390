"""A function in a process of its own, for work that would keep the event loop from everybody else.

The function and its arguments travel by pickle, to a child of this very program and back. A child
whose waiter is cancelled is killed.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Failed(Exception):
    """The child ended without an answer; says what it said last."""


async def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function gives; raises `Failed`."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD},
    )
    try:
        answer, said = await child.communicate(pickle.dumps((function, args, kwargs)))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise Failed(last or f"It ended with {child.returncode}")
    return pickle.loads(answer)  # noqa: S301 - our own child wrote it


def _answer() -> None:
    function, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    answer = pickle.dumps(function(*args, **kwargs))
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    _answer()
