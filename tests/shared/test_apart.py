"""Work in a process of its own."""

import asyncio
import os
from math import sqrt

import pytest

from shared import apart


async def test_the_answer_comes_back_from_another_process():
    assert await apart.run(sqrt, 9.0) == 3.0
    assert await apart.run(os.getpid) != os.getpid()


async def test_a_failure_says_what_the_child_said_last():
    with pytest.raises(apart.Failed, match="ValueError"):
        await apart.run(sqrt, -1.0)


async def test_a_child_whose_waiter_is_cancelled_is_killed():
    waiting = asyncio.create_task(apart.run(input))
    await asyncio.sleep(0)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
