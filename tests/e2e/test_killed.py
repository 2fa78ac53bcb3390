"""Kill every process while leads come in: nothing accepted is lost, nothing happens twice."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from tests.support.stack import Shangji
from tests.support.waiting import until

pytestmark = pytest.mark.slow

VICTIMS = ("leads", "opportunities", "kafka", "notifications", "postgres", "analytics", "leads")
SENDERS = 4


@dataclass
class Ledger:
    """What each sender was told. An answer that did not come is asked for again with the same key."""

    url: str
    token: str
    file: Path
    """What `shangji verify` compares with what was done."""
    accepted: dict[str, str] = field(default_factory=dict)
    """Lead ids by phone number."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(100_000)))

    async def send(self, client: httpx.AsyncClient) -> None:
        """One lead, sent until somebody says for certain what became of it."""
        phone = f"+86138{next(self.numbers):08d}"
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        body = {"phone": phone, "company_name": f"Company {phone}", "region": "浙江"}
        while True:
            try:
                answer = await client.post("/leads", headers=headers, json=body)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if answer.status_code < 500 and answer.status_code != 409:
                assert answer.status_code in (200, 201), answer.text
                self.accepted[phone] = answer.json()["id"]
                self._note(headers["Idempotency-Key"], answer.json()["id"])
                return
            await asyncio.sleep(0.2)

    def _note(self, key: str, lead_id: str) -> None:
        told = {"key": key, "status": "ok", "method": "POST", "path": "/leads"}
        with self.file.open("a") as lines:
            lines.write(json.dumps({**told, "response_id": lead_id}) + "\n")

    async def keep_sending(self, stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False) as client:
            while not stop.is_set():
                await self.send(client)


@pytest.fixture(scope="module")
def stack(start_stack: Any) -> Shangji:
    return start_stack("--no-demo")


@pytest_asyncio.fixture
async def database(stack: Shangji) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """The read-only role, over connections that may die with the server."""
    url = stack.json("status")["database"]["readonly_url"]
    pool = await asyncpg.create_pool(url, min_size=0, max_inactive_connection_lifetime=1)
    yield pool
    await pool.close()


async def found_team(url: str, token: str) -> None:
    """A team that serves the leads' region, with two sellers."""
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:

        async def make(path: str, **fields: Any) -> str:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
            answer = await client.post(path, headers=headers, json=fields)
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

        root = "00000000-0000-8000-8000-000000000001"
        team = await make("/units", name="East", kind="team", parent_id=root, regions=["浙江"])
        for name in ("li.na", "zhao.min"):
            await make("/persons", username=name, name=name, unit_id=team, roles=["seller"])


async def test_nothing_is_lost_and_nothing_happens_twice(
    stack: Shangji, database: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
):
    status = stack.json("status")
    token = stack.must("token", "operator").strip()
    await found_team(status["services"]["opportunities"]["url"], token)
    ledger = Ledger(status["services"]["leads"]["url"], token, tmp_path / "ledger.jsonl")
    stop = asyncio.Event()
    senders = [asyncio.create_task(ledger.keep_sending(stop)) for _ in range(SENDERS)]

    for victim in VICTIMS:
        before = len(ledger.accepted)
        await until("leads to be taken", lambda n=before: _more(ledger, n + 20), seconds=120)
        os.kill(pid_of(stack, victim), signal.SIGKILL)
    after = len(ledger.accepted)
    await until("leads after the last kill", lambda: _more(ledger, after + 20), seconds=120)
    stop.set()
    await asyncio.gather(*senders)
    await until("the stack to be at rest", lambda: at_rest(stack, token), seconds=180)

    leads = await database.fetch("SELECT id, owner_id FROM leads.lead")
    assert {str(row["id"]) for row in leads} == set(ledger.accepted.values())
    assert len(leads) == len(ledger.accepted)
    assert all(row["owner_id"] for row in leads)
    await no_holes(database)
    await one_effect_each(database, len(leads))
    rows = stack.json("report", "source-conversion")
    assert rows == [{"leads": len(leads), "converted": 0, "rate": 0.0}]
    verdict = stack.json("verify", "--ledger", str(ledger.file))
    assert (verdict["holds"], verdict["unchecked"]) == (True, {})
    assert verdict["counts"]["commands"] == len(leads)


async def _more(ledger: Ledger, count: int) -> bool:
    return len(ledger.accepted) >= count


def pid_of(stack: Shangji, name: str) -> int:
    """The process of this name, as the stack describes itself."""
    processes = {process["name"]: process["pid"] for process in stack.json("status")["processes"]}
    return processes[name]


async def at_rest(stack: Shangji, token: str) -> bool:
    """Every outbox empty, everything heard, nothing parked, in every service."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for service in stack.json("status")["services"].values():
            try:
                answer = await client.get(
                    f"{service['url']}/operations/status",
                    headers={"Authorization": f"Bearer {token}"},
                )
            except httpx.HTTPError:
                return False
            if answer.is_error:
                return False
            said = answer.json()
            if said["outbox"] or said["lag"]:
                return False
            assert (said["parked"], said["dead_letters"]) == (0, 0)
    return True


async def no_holes(database: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Each feed is gapless, and so is each aggregate's stream in it."""
    for schema in ("leads", "opportunities", "notifications"):
        feed = await database.fetchrow(
            f"SELECT count(*), max(position), count(DISTINCT event_id) FROM {schema}.feed"
        )
        assert feed is not None
        assert feed["count"] == feed[1] == feed[2]
        broken = await database.fetch(
            f"""
            SELECT aggregate_type, aggregate_id
              FROM {schema}.feed
             GROUP BY aggregate_type, aggregate_id
            HAVING count(*) <> max(sequence)
            """
        )
        assert broken == []


async def one_effect_each(database: "asyncpg.Pool[asyncpg.Record]", leads: int) -> None:
    """One owner, one notice, one fact for each lead, in whichever service one looks."""
    assigned = await database.fetch(
        """
        SELECT aggregate_id, count(*)
          FROM opportunities.feed
         WHERE type = 'ownership.assigned.v1'
         GROUP BY aggregate_id
        """
    )
    placed = await database.fetchval(
        "SELECT count(*) FROM notifications.feed WHERE type = 'notification.placed.v1'"
    )
    assert {row["count"] for row in assigned} == {1}
    assert len(assigned) == leads
    assert placed == leads
