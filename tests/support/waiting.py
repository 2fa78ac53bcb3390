"""Waiting for something real, and saying what it was when it does not come."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic


async def until(what: str, holds: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    """Wait for something to become true, and say what it was when it does not."""
    deadline = monotonic() + seconds
    while not await holds():
        assert monotonic() < deadline, f"waited {seconds} s for {what}"
        await asyncio.sleep(0.05)
