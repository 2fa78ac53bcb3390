"""What is due is handled once, what fails rests, and the sweep goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg
import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shared import timers
from shared.db import Database, Tx
from shared.timers import Dispatch, Outcome, SendFailed, Timer


@dataclass(frozen=True)
class Chore:
    id: int
    name: str


@dataclass
class Household:
    """Chores with a deadline, in a table of the tests' own."""

    database: Database
    failing: set[str] = field(default_factory=set)

    async def add(self, name: str, *, due_in: timedelta = timedelta(0)) -> None:
        async with self.database.tx() as tx:
            await tx.execute(
                "INSERT INTO chore (name, due_at) VALUES ($1, $2)", name, tx.now + due_in
            )

    async def done(self) -> list[str]:
        async with self.database.tx() as tx:
            rows = await tx.fetch("SELECT name FROM chore_done ORDER BY number")
        return [row["name"] for row in rows]

    async def advance(self, by: timedelta) -> None:
        async with self.database.tx() as tx:
            await tx.execute("UPDATE clock SET shift = shift + $1", by)

    @property
    def timer(self) -> Timer[Chore]:
        return Timer(name="chores", every=timedelta(seconds=1), due=self._due, act=self._act)

    @property
    def reading(self) -> Timer[str]:
        """Reads on from a position, and finds nothing twice."""
        return Timer(
            name="reading",
            every=timedelta(seconds=1),
            due=self._unread,
            act=self._read,
            key=str,
            read=str,
        )

    async def _unread(self, tx: Tx, *, now: datetime, limit: int) -> list[str]:
        rows = await tx.fetch(
            """
            DELETE FROM chore
             WHERE due_at <= $1
               AND id IN (SELECT id FROM chore ORDER BY id LIMIT $2)
            RETURNING id, name
            """,
            now,
            limit,
        )
        return [row["name"] for row in sorted(rows, key=lambda row: row["id"])]

    async def _read(self, tx: Tx, due: Sequence[str], *, now: datetime) -> None:
        for name in due:
            await tx.execute("INSERT INTO chore_done (name) VALUES ($1)", name)
            if name in self.failing:
                raise ValueError("this chore cannot be done")

    @property
    def dispatch(self) -> Dispatch[Chore]:
        return Dispatch(
            name="chores",
            every=timedelta(seconds=1),
            claim=self._claim,
            send=self._send,
            record=self._record,
        )

    async def _due(self, tx: Tx, *, now: datetime, limit: int) -> list[Chore]:
        rows = await tx.fetch(
            """
            SELECT id, name FROM chore WHERE due_at <= $1
             ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
            """,
            now,
            limit,
        )
        return [Chore(**row) for row in rows]

    async def _act(self, tx: Tx, due: Sequence[Chore], *, now: datetime) -> None:
        for chore in due:
            await tx.execute("INSERT INTO chore_done (name) VALUES ($1)", chore.name)
            await tx.execute("DELETE FROM chore WHERE id = $1", chore.id)
            if chore.name in self.failing:
                raise ValueError("this chore cannot be done")

    async def _claim(self, tx: Tx, *, now: datetime, limit: int) -> list[Chore]:
        rows = await tx.fetch(
            "UPDATE chore SET due_at = $1 + interval '1 minute' WHERE due_at <= $1 RETURNING id, name",
            now,
        )
        return [Chore(**row) for row in rows]

    async def _send(self, chore: Chore) -> None:
        if chore.name in self.failing:
            raise SendFailed("nobody home")

    async def _record(self, tx: Tx, outcomes: Sequence[Outcome[Chore]], *, now: datetime) -> None:
        for outcome in outcomes:
            if outcome.failure is None:
                await tx.execute("INSERT INTO chore_done (name) VALUES ($1)", outcome.item.name)
                await tx.execute("DELETE FROM chore WHERE id = $1", outcome.item.id)


@pytest_asyncio.fixture
async def household(leads: Database, database: DatabaseAccess) -> AsyncIterator[Household]:
    owner = await asyncpg.connect(database.owner_url("leads"))
    await owner.execute(
        """
        CREATE TABLE leads.chore (
            id bigint GENERATED ALWAYS AS IDENTITY, name text, due_at timestamptz
        );
        CREATE TABLE leads.chore_done (number bigint GENERATED ALWAYS AS IDENTITY, name text);
        """
    )
    await owner.close()
    yield Household(leads)


async def test_only_what_is_due_is_handled(household: Household):
    await household.add("now")
    await household.add("later", due_in=timedelta(hours=1))

    await timers.sweep(household.database, household.timer)

    assert await household.done() == ["now"]


async def test_moving_the_clock_makes_things_due(household: Household):
    await household.add("later", due_in=timedelta(hours=1))

    await household.advance(timedelta(hours=2))
    await timers.sweep(household.database, household.timer)

    assert await household.done() == ["later"]


async def test_two_sweeps_at_once_handle_each_item_once(household: Household):
    for number in range(40):
        await household.add(f"chore {number}")

    await asyncio.gather(*(timers.sweep(household.database, household.timer) for _ in range(6)))

    done = await household.done()
    assert len(done) == len(set(done)) == 40


async def test_an_item_that_fails_leaves_no_trace_and_the_others_go_on(household: Household):
    household.failing = {"impossible"}
    await household.add("first")
    await household.add("impossible")
    await household.add("last")

    await timers.sweep(household.database, household.timer)

    assert await household.done() == ["first", "last"]


async def test_a_failed_item_rests_longer_each_time_and_comes_back(household: Household):
    household.failing = {"hard"}
    await household.add("hard")

    first = await timers.sweep(household.database, household.timer)
    resting = await timers.sweep(household.database, household.timer)
    await household.advance(timedelta(seconds=3))
    again = await timers.sweep(household.database, household.timer)
    household.failing.clear()
    await household.advance(timedelta(seconds=3))
    too_soon = await timers.sweep(household.database, household.timer)
    await household.advance(timedelta(seconds=3))
    await timers.sweep(household.database, household.timer)

    assert (first, resting, again, too_soon) == (1, 0, 1, 0)
    assert await household.done() == ["hard"]


async def test_what_failed_behind_a_position_comes_again_and_is_done_once(household: Household):
    for name in ("wash", "iron", "fold"):
        await household.add(name)
    reading = household.reading
    household.failing = {"iron"}

    first = await timers.sweep(household.database, reading)
    resting = await timers.sweep(household.database, reading)
    await household.advance(timedelta(seconds=5))
    failed_again = await timers.sweep(household.database, reading)
    household.failing = set()
    await household.advance(timedelta(minutes=1))
    at_last = await timers.sweep(household.database, reading)
    after = await timers.sweep(household.database, reading)

    assert (first, resting, failed_again, at_last, after) == (3, 0, 1, 1, 0)
    assert await household.done() == ["wash", "fold", "iron"]
    async with household.database.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM timer_backoff") == 0


async def test_what_could_not_be_sent_is_sent_again_when_its_lease_is_over(household: Household):
    household.failing = {"letter"}
    await household.add("letter")
    await household.add("parcel")

    await timers.sweep(household.database, household.dispatch)
    household.failing.clear()
    leased = await timers.sweep(household.database, household.dispatch)
    await household.advance(timedelta(minutes=2))
    await timers.sweep(household.database, household.dispatch)

    assert leased == 0
    assert await household.done() == ["parcel", "letter"]
