"""What must hold of a stack at rest, whatever was done to it."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import httpx

from shangji.verify.topics import INJECTED
from tests.support.ledger import Ledger, open_client
from tests.support.waiting import until

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

SAYING = ("leads", "opportunities", "notifications")


@asynccontextmanager
async def open_reader(url: str) -> AsyncIterator["Pool"]:
    """The read-only role, over connections that may die with the server."""
    pool = await asyncpg.create_pool(url, min_size=0, max_inactive_connection_lifetime=1)
    try:
        yield pool
    finally:
        pool.terminate()


async def until_at_rest(ledger: Ledger, *, seconds: float = 120) -> None:
    """Wait until everything said was heard, twice in a row: what is heard may say something new."""
    said: list[str] = []
    async with open_client() as client:
        for _ in range(2):
            try:
                await until("rest", lambda: _at_rest(client, ledger, said), seconds=seconds)
            except AssertionError as late:
                raise AssertionError(f"{late}: {said[-1:]}") from None


async def _at_rest(client: httpx.AsyncClient, ledger: Ledger, said: list[str]) -> bool:
    for name, url in ledger.urls.items():
        try:
            answer = await client.get(
                f"{url}/operations/status", headers=ledger.bearer(ledger.operator)
            )
        except httpx.HTTPError as failed:
            said.append(f"{name} does not answer: {failed!r}")
            return False
        if answer.is_error:
            said.append(f"{name}: {answer.text}")
            return False
        status = answer.json()
        if status["outbox"] or status["lag"] or status["timers"]:
            said.append(f"{name}: {status}")
            return False
    return True


async def nothing_is_lost_and_nothing_happened_twice(
    ledger: Ledger, database: "Pool", *, injected: Collection[UUID] = ()
) -> None:
    """The ledger is true, every stream is whole, and each lead had one owner, one notice, one deal."""
    leads = {str(row["id"]) for row in await database.fetch("SELECT id FROM leads.lead")}
    assert ledger.leads - leads == set()
    assert len(leads) == len(ledger.leads) + ledger.rows
    await no_holes(database)
    await nobody_waits(database, injected)
    await one_effect_each(database, leads, closed=ledger.deals | ledger.lost)
    deals = await database.fetch("SELECT lead_id FROM opportunities.deal")
    assert sorted(str(row["lead_id"]) for row in deals) == sorted(ledger.deals)


async def until_imported(database: "Pool", *, seconds: float) -> None:
    """Wait until every file is worked through: only then what its leads bring about is on its way."""

    async def done() -> bool:
        return not await database.fetchval(
            "SELECT count(*) FROM leads.import_run WHERE state IN ('queued', 'running')"
        )

    await until("the files to be worked through", done, seconds=seconds)


async def no_holes(database: "Pool") -> None:
    """Each feed is gapless, and so is each aggregate's stream in it."""
    for schema in SAYING:
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


async def nobody_waits(database: "Pool", injected: Collection[UUID]) -> None:
    """No event is parked or buried anywhere, but for what a test has put into a topic itself."""
    for schema in (*SAYING, "analytics"):
        parked = await database.fetch(
            f"""
            SELECT type, aggregate_id, sequence, reason, detail
              FROM {schema}.parked
             WHERE aggregate_id <> ALL($1::uuid[])
            """,
            injected,
        )
        assert parked == [], schema
        dead = await database.fetch(
            f"SELECT reason FROM {schema}.dead_letter WHERE NOT headers ? '{INJECTED}'"
        )
        assert dead == []


async def one_effect_each(database: "Pool", leads: set[str], *, closed: set[str]) -> None:
    """One owner, one notice of it, one fact for each lead, in whichever service one looks.

    Only a lead that the manager closed before it had an owner may be without one for ever.
    """
    owned = _once_each(
        await database.fetch(
            """
            SELECT convert_from(payload, 'UTF8')::jsonb ->> 'subject_id' AS lead, count(*)
              FROM opportunities.feed
             WHERE type = 'ownership.assigned.v1'
               AND convert_from(payload, 'UTF8')::jsonb ->> 'subject_kind' = 'lead'
             GROUP BY lead
            """
        )
    )
    told = _once_each(
        await database.fetch(
            """
            SELECT subject_id AS lead, count(*)
              FROM notifications.notice
             WHERE kind = 'new_owner'
               AND subject_kind = 'lead'
             GROUP BY lead
            """
        )
    )
    assert leads - closed - owned == set()
    assert owned - leads == set()
    assert told ^ owned == set()
    facts = await database.fetch("SELECT lead_id FROM analytics.lead WHERE captured_at IS NOT NULL")
    assert {str(row["lead_id"]) for row in facts} ^ leads == set()


def _once_each(rows: Sequence[asyncpg.Record]) -> set[str]:
    """The leads of rows that count one each."""
    assert [row["lead"] for row in rows if row["count"] != 1] == []
    return {str(row["lead"]) for row in rows}
