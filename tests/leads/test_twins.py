"""Equal leads that come at the same moment through two processes leave no twins.

`SHANGJI_TEST_PAIRS=10000` sends as many pairs.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shangji.infra.privileges import launcher
from shangji.ports import LOOPBACK, any_free
from tests.leads.office import Office
from tests.support.waiting import until

PAIRS = int(os.environ.get("SHANGJI_TEST_PAIRS", "300"))
TOGETHER = 8
"""Pairs on their way at once."""


@asynccontextmanager
async def api(office: Office, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    """One more process that answers for `leads`."""
    port = any_free()
    settings = {
        "SHANGJI_LEADS_DATABASE_URL": office.world.access.app_url("leads"),
        "SHANGJI_LEADS_PORT": str(port),
        "SHANGJI_TOKEN_PUBLIC_KEYS": str(home / "token_public.json"),
        "SHANGJI_SEALING_KEYS": str(home / "sealing.json"),
        "SHANGJI_HOME": str(home),
        "SHANGJI_LOG_LEVEL": "WARNING",
    }
    runner = (sys.executable, "-m", "shared.runner", "services.leads", "--roles", "api")
    process = await asyncio.create_subprocess_exec(
        *launcher(signal.SIGKILL, None), *runner, env={**os.environ, **settings}
    )
    try:
        async with httpx.AsyncClient(
            base_url=f"http://{LOOPBACK}:{port}", trust_env=False, timeout=30
        ) as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/readyz")).is_success
                except httpx.HTTPError:
                    return False

            await until("a second process to answer", ready, seconds=240)
            yield client
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_equal_leads_at_the_same_moment_through_two_processes_are_one(
    office: Office, tmp_path: Path
):
    authorization = office.world.headers(office.olga.id)["Authorization"]
    numbers = count()

    async def send(client: httpx.AsyncClient, lead: dict[str, Any]) -> tuple[int, str]:
        headers = {"Authorization": authorization, "Idempotency-Key": uuid4().hex}
        while True:
            try:
                answer = await client.post("/leads", json=lead, headers=headers)
            except httpx.TransportError:
                continue  # an idle connection was closed just then: the same key, sent again
            return answer.status_code, answer.json()["id"]

    async def send_pairs(clients: list[httpx.AsyncClient]) -> list[list[tuple[int, str]]]:
        answers: list[list[tuple[int, str]]] = []
        while (number := next(numbers)) < PAIRS:
            lead = {"name": "双胞胎", "phone": f"188{number:08d}", "mail": f"twin{number}@x.com"}
            answers.append(await asyncio.gather(*(send(client, lead) for client in clients)))
        return answers

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(api(office, tmp_path)) for _ in range(2)]
        found = await asyncio.gather(*(send_pairs(clients) for _ in range(TOGETHER)))

    pairs = [pair for answers in found for pair in answers]
    assert len(pairs) == PAIRS
    assert all({status for status, _ in pair} == {200, 201} for pair in pairs)
    assert all(one == other for (_, one), (_, other) in pairs)
    [stored] = await office.rows("SELECT count(*) AS leads, sum(touches) AS touches FROM lead")
    assert stored == {"leads": PAIRS, "touches": 2 * PAIRS}
