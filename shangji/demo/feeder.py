"""Keeps the demo alive: `python -m shangji.demo.feeder` sends a lead every few seconds."""

import asyncio
import random
import signal
import sys
from contextlib import suppress

from shangji.client import Client, connect
from shangji.demo.arrivals import Arrivals
from shangji.errors import StartRefused
from shangji.stack import Stack

EVERY = 4.0
FIRST_REST, LONGEST_REST = 2.0, 60.0
HOUR = 3600.0


async def feed(stack: Stack, stop: asyncio.Event) -> None:
    """Send until told to stop; what goes wrong is said, and tried again after a rest."""
    rest = FIRST_REST
    while not stop.is_set():
        try:
            async with connect(stack) as client:
                rest = FIRST_REST
                await _for_an_hour(client, stop)
        except StartRefused as problem:
            sys.stderr.write(f"{problem}\n")
            await _pause(stop, rest)
            rest = min(rest * 2, LONGEST_REST)


async def _for_an_hour(client: Client, stop: asyncio.Event) -> None:
    """As long as a token is surely good."""
    arrivals = Arrivals(client)
    until = asyncio.get_running_loop().time() + HOUR
    while not stop.is_set() and asyncio.get_running_loop().time() < until:
        await arrivals.new_lead()
        await _pause(stop, EVERY * random.uniform(0.5, 1.0))  # noqa: S311 - a demo
        await arrivals.work_on_one()
        await _pause(stop, EVERY * random.uniform(0.0, 0.5))  # noqa: S311 - a demo


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def main() -> None:
    """Feed the stack of this home until a signal comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await feed(Stack.read(), stop)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except StartRefused as refused:
        sys.exit(str(refused))
