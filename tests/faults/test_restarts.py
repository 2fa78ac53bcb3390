"""F31: everything is restarted one by one under load; a reader of the stream misses nothing."""

import asyncio
import signal
from contextlib import suppress

import asyncpg
import httpx
import psutil
import pytest

from tests.faults.rig import Rig
from tests.support.ledger import open_client
from tests.support.waiting import until

pytestmark = pytest.mark.slow

GOES_WITHIN = 12
SERVICES = ("notifications", "leads", "opportunities", "analytics", "notifications")


async def test_a_rolling_restart_fails_no_command_and_skips_no_notice(rig: Rig):
    reader = rig.ledger.sellers[0]
    rig.ledger.begin()
    seen: list[int] = []
    reading = asyncio.create_task(follow(rig, reader, seen))
    await until("a first notice", lambda: _has(seen, 1))

    for service in SERVICES:
        before = rig.process(service)
        rig.send(service, signal.SIGTERM)
        await until(f"{service} to go", lambda b=before: _is_gone(b["pid"]), seconds=GOES_WITHIN)
        await rig.until_restarted(service, before)
        wanted = len(seen) + 2
        await until("more notices", lambda n=wanted: _has(seen, n), seconds=120)

    await rig.ledger.end()
    await rig.check()
    lying = await positions(rig, reader)
    await until("the last notice", lambda: _has(seen, len(lying)))
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    assert seen == lying


async def follow(rig: Rig, reader: str, seen: list[int]) -> None:
    """Read the stream of a person's notices; after each break go on behind the last one."""
    url = f"{rig.stack.url('notifications')}/inbox/stream"
    async with open_client() as client:
        while True:
            last = {"Last-Event-ID": str(seen[-1] if seen else 0)}
            try:
                async with client.stream(
                    "GET", url, headers={**rig.ledger.bearer(reader), **last}
                ) as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("id:"):
                            seen.append(int(line.removeprefix("id:")))  # noqa: PERF401 - kept when it breaks
            except httpx.HTTPError:
                await asyncio.sleep(0.1)


async def positions(rig: Rig, reader: str) -> list[int]:
    """The notices that lie in a person's inbox, as the database has them."""
    connection = await asyncpg.connect(rig.stack.readonly_url)
    try:
        rows = await connection.fetch(
            "SELECT position FROM notifications.notice WHERE recipient_id = $1 ORDER BY position",
            reader,
        )
    finally:
        await connection.close()
    return [row["position"] for row in rows]


async def _has(seen: list[int], count: int) -> bool:
    return len(seen) >= count


async def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
