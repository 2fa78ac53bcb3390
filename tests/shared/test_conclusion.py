"""Statements that wait for one another: one round trip, and nobody sees the difference."""

from contextlib import suppress
from uuid import uuid4

import asyncpg
import pytest

from shared import audit, outbox
from shared.conclusion import together
from shared.db import Database, Tx
from tests.shared.test_outbox_and_relay import NOW, Numbered, touched

ACTION = "SELECT action FROM audit ORDER BY id"


async def note(tx: Tx, action: str) -> None:
    await audit.record(tx, action=action, subject_kind="lead", subject_id=uuid4())


async def noted(database: Database) -> list[str]:
    async with database.tx() as tx:
        return [row["action"] for row in await tx.fetch(ACTION)]


def test_one_statement_alone_stays_as_it_is():
    assert together((("INSERT INTO a SELECT $1", 1),)) == "INSERT INTO a SELECT $1"


def test_arguments_of_statements_that_go_together_are_numbered_on():
    told = together((("INSERT INTO a SELECT $1, $2", 2), ("INSERT INTO b SELECT $2, $1, $10", 10)))

    assert told == (
        "WITH step_1 AS (INSERT INTO a SELECT $1, $2), "
        "step_2 AS (INSERT INTO b SELECT $4, $3, $12) SELECT"
    )


async def test_what_waits_is_written_with_the_commit(leads: Database):
    async with leads.tx() as tx:
        await note(tx, "lead.created")
        await outbox.append(tx, Numbered(1), [touched(uuid4())], at=NOW)

    async with leads.tx() as tx:
        assert await outbox.depth(tx) == 1
    assert await noted(leads) == ["lead.created"]


async def test_a_statement_sees_what_was_said_before_it(leads: Database):
    async with leads.tx() as tx:
        await note(tx, "lead.created")

        assert [row["action"] for row in await tx.fetch(ACTION)] == ["lead.created"]


async def test_the_same_statement_twice_keeps_its_order(leads: Database):
    lead = uuid4()

    async with leads.tx() as tx:
        await outbox.append(tx, Numbered(1), [touched(lead)], at=NOW)
        await outbox.append(tx, Numbered(2), [touched(lead)], at=NOW)
        rows = await tx.fetch("SELECT sequence FROM outbox ORDER BY seq")

    assert [row["sequence"] for row in rows] == [1, 2]


async def test_what_waits_in_a_part_that_failed_is_undone_with_it(leads: Database):
    async with leads.tx() as tx:
        await note(tx, "before")
        with suppress(RuntimeError):
            async with tx.savepoint():
                await note(tx, "inside")
                raise RuntimeError
        await note(tx, "after")

    assert await noted(leads) == ["before", "after"]


async def test_a_part_fails_by_what_waits_in_it(leads: Database):
    lead = uuid4()

    async with leads.tx() as tx:
        await outbox.append(tx, Numbered(1), [touched(lead)], at=NOW)
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.savepoint():
                await outbox.append(tx, Numbered(1), [touched(lead)], at=NOW)
        await note(tx, "after")

    assert await noted(leads) == ["after"]


async def test_a_transaction_that_begins_again_has_done_nothing(leads: Database):
    async with leads.tx() as tx:
        await tx.execute("UPDATE feed_head SET position = 7")
        await note(tx, "before")
        tx.after_commit(lambda: pytest.fail("it was undone"))
        await tx.begin_again()
        await note(tx, "after")
        position = await tx.fetchval("SELECT position FROM feed_head")

    assert position == 0
    assert await noted(leads) == ["after"]
