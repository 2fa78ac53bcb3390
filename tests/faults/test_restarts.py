"""F31: everything is restarted one by one under load; and every kind of process sleeps for a while."""

import asyncio
import os
import signal
from contextlib import suppress

import asyncpg
import httpx
import psutil
import pytest

from shangji.names import SERVICES
from tests.faults.rig import Rig
from tests.support.ledger import open_client
from tests.support.waiting import until

pytestmark = pytest.mark.slow

GOES_WITHIN = 12
RESTARTED = ("notifications", "leads", "kafka", "opportunities", "analytics", "notifications")


async def test_a_rolling_restart_fails_no_command_and_skips_no_notice(rig: Rig):
    reader = rig.ledger.sellers[0]
    rig.ledger.begin()
    seen: list[int] = []
    reading = asyncio.create_task(follow(rig, reader, seen))
    await until("a first notice", lambda: _has(seen, 1))

    for name in RESTARTED:
        before = rig.process(name)
        rig.send(name, signal.SIGTERM)
        await until(f"{name} to go", lambda b=before: _is_gone(b["pid"]), seconds=GOES_WITHIN)
        await rig.until_restarted(name, before)
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


async def test_services_that_sleep_all_at_once_wake_up_and_go_on(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()

    for service in SERVICES:
        rig.send(service, signal.SIGSTOP)
    for service in SERVICES:
        await rig.until_given_up(service)
    for service in SERVICES:
        rig.send(service, signal.SIGCONT)

    await rig.until_taken(20)
    await rig.ledger.end()
    await rig.check()


async def test_while_the_supervisor_sleeps_all_go_on_and_those_who_died_are_raised_later(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()
    supervisor, before = rig.stack.supervisor_pid, rig.process("analytics")

    os.kill(supervisor, signal.SIGSTOP)
    rig.send("analytics", signal.SIGKILL)
    await until("the dead to lie there", lambda: _is_gone(before["pid"]))
    await rig.until_taken(20)
    os.kill(supervisor, signal.SIGCONT)

    await rig.until_restarted("analytics", before)
    await rig.until_taken()
    await rig.ledger.end()
    await rig.check()


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
