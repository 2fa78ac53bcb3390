"""Projections built again from the first event equal the live ones, or the difference is named."""

import pytest

from services.analytics.handlers import rebuilds
from services.analytics.repository import rebuilds as repository
from shared.contracts.base import Event
from shared.contracts.notifications import NotificationPlaced, NotificationRead
from shared.db import Tx
from shared.timers import Outcome, SendFailed
from tests.analytics import make
from tests.analytics.history import History
from tests.analytics.workshops import ask_for_rebuild, look_at, open_workshop, take_step

TABLES = {
    "unit",
    "person",
    "product",
    "customer",
    "lead",
    "opportunity",
    "stage_interval",
    "touch",
    "ownership_period",
    "activity",
    "notification",
}


def a_bit_of_everything() -> list[Event]:
    """At least one row in every projection, and aggregates with several events."""
    team = make.unit("First")
    anna = make.person("Anna", team.unit_id)
    lead = make.lead()
    deal = make.opened(anna, lead_id=lead.lead_id)
    notice = NotificationPlaced(
        notification_id=make.some_id(),
        recipient_id=anna.person_id,
        kind="new_owner",
        subject_kind="lead",
        subject_id=lead.lead_id,
        placed_at=make.NOW,
    )
    return [
        team,
        anna,
        make.product("Gadget"),
        make.customer("finance"),
        lead,
        make.assigned("lead", lead.lead_id, anna),
        make.pooled("lead", lead.lead_id, unit_id=team.unit_id, at=make.days(1)),
        make.activity("lead", lead.lead_id, anna, at=make.days(2)),
        deal,
        make.moved(deal, "talk", "offer", at=make.days(2)),
        make.won(deal, "offer", at=make.days(3)),
        make.recorded(anna),
        notice,
        NotificationRead(
            notification_id=notice.notification_id, recipient_id=anna.person_id, read_at=make.NOW
        ),
    ]


async def test_a_rebuild_equals_what_it_was_built_beside(history: History) -> None:
    await history.tell(*a_bit_of_everything())

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history)
    found = await look_at(history, rebuild_id)

    assert found["state"] == "equal"
    assert found["messages_read"] == found["messages_total"] == 15
    assert found["tables"].keys() == TABLES
    assert all(table["equal"] and table["rows"] for table in found["tables"].values())


async def test_a_rebuild_says_which_table_was_tampered_with(history: History) -> None:
    await history.tell(*a_bit_of_everything())
    async with history.world["analytics"].database.tx() as tx:
        await tx.execute("UPDATE opportunity SET amount = amount + 1 WHERE status = 'won'")

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history)
    found = await look_at(history, rebuild_id)

    assert found["state"] == "different"
    assert [name for name, table in found["tables"].items() if not table["equal"]] == [
        "opportunity"
    ]


async def test_a_row_too_many_is_named(history: History) -> None:
    await history.tell(*a_bit_of_everything())
    async with history.world["analytics"].database.tx() as tx:
        await tx.execute("DELETE FROM activity")

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history)
    table = (await look_at(history, rebuild_id))["tables"]["activity"]

    assert (table["live_rows"], table["rows"], table["equal"]) == (0, 1, False)


async def test_a_rebuild_goes_on_where_it_was_interrupted(history: History) -> None:
    await history.tell(*a_bit_of_everything())

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history, step=1)
    halfway = await look_at(history, rebuild_id)
    while await take_step(history, step=1):
        pass

    assert halfway["state"] == "running"
    assert 0 < halfway["messages_read"] < halfway["messages_total"]
    assert (await look_at(history, rebuild_id))["state"] == "equal"


async def test_a_copy_that_a_crash_of_the_server_has_emptied_is_begun_anew(
    history: History,
) -> None:
    await history.tell(*a_bit_of_everything())
    rebuild_id = await ask_for_rebuild(history)
    await take_step(history, step=1)
    async with open_workshop(history) as workshop, workshop.side.tx() as tx:
        for table in (*TABLES, "heard", "consumer_offset", "consumer_tally"):
            await tx.execute(f"DELETE FROM {table}")

    while await take_step(history, step=1):
        pass

    assert (await look_at(history, rebuild_id))["state"] == "equal"


async def test_the_server_does_not_log_a_copy_that_it_throws_away(history: History) -> None:
    await history.tell(*a_bit_of_everything())
    await ask_for_rebuild(history)
    await take_step(history)

    async with history.world["analytics"].database.tx() as tx:
        logged = await tx.fetchval(
            """
            SELECT count(*)
              FROM pg_class
             WHERE relnamespace = 'analytics_rebuild'::regnamespace
               AND relkind = 'r'
               AND relpersistence <> 'u'
            """
        )
    assert logged == 0


async def test_what_happens_meanwhile_changes_the_live_tables_and_not_the_comparison(
    history: History,
) -> None:
    await history.tell(*a_bit_of_everything())
    rebuild_id = await ask_for_rebuild(history)
    await take_step(history, step=1)

    await history.tell(*a_bit_of_everything())
    while await take_step(history, step=1):
        pass

    assert (await look_at(history, rebuild_id))["state"] == "equal"
    assert (await history.report("source-conversion"))[0]["leads"] == 2


async def test_a_second_rebuild_starts_from_empty_tables(history: History) -> None:
    for _ in range(2):
        await history.tell(*a_bit_of_everything())
        rebuild_id = await ask_for_rebuild(history)
        await take_step(history)

        assert (await look_at(history, rebuild_id))["state"] == "equal"


async def test_messages_sent_twice_are_built_in_once(history: History) -> None:
    sent = history.envelopes(*a_bit_of_everything())
    await history.send([*sent, *sent])

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history)

    assert (await look_at(history, rebuild_id))["state"] == "equal"


async def test_a_rebuild_touches_neither_the_live_tables_nor_the_outbox(history: History) -> None:
    await history.tell(*a_bit_of_everything())
    before = (await history.get("/checksums")).json(), await positions(history)

    await ask_for_rebuild(history)
    await take_step(history)

    assert ((await history.get("/checksums")).json(), await positions(history)) == before
    async with history.world["analytics"].database.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM outbox") == 0


async def positions(history: History) -> list[tuple[object, ...]]:
    """Where the live consumer stands, and what it did to come there."""
    async with history.world["analytics"].database.tx() as tx:
        return [*await _rows(tx, "consumer_offset"), *await _rows(tx, "consumer_tally")]


async def _rows(tx: Tx, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await tx.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3")]


async def test_one_rebuild_at_a_time(history: History) -> None:
    await ask_for_rebuild(history)

    second = await history.post("/rebuilds")

    assert second.status_code == 409
    assert "rebuild-running" in second.json()["type"]


async def test_a_step_that_keeps_failing_ends_the_rebuild_and_says_why(history: History) -> None:
    rebuild_id = await ask_for_rebuild(history)
    for _ in range(repository.MOST_ATTEMPTS):
        async with history.world["analytics"].database.tx() as tx:
            await tx.execute("UPDATE rebuild SET lease_until = NULL")
            [claimed] = await repository.claim(tx, now=tx.now, limit=1)
            failure = SendFailed("no broker")
            await rebuilds.note_steps(tx, [Outcome(item=claimed, failure=failure)], now=tx.now)

    found = await look_at(history, rebuild_id)
    assert (found["state"], found["problem"]) == ("failed", "no broker")
    assert (await history.post("/rebuilds")).status_code == 202


@pytest.mark.parametrize("path", ["/checksums", "/rebuilds"])
async def test_who_sees_a_part_of_the_enterprise_can_prove_nothing(
    history: History, path: str
) -> None:
    regional = make.person("Rita", make.some_id(), roles=("operator",))
    await history.tell(regional)

    ask = history.get if path == "/checksums" else history.post
    answer = await ask(path, asked_by=regional)

    assert answer.status_code == 403
    assert "whole-enterprise-only" in answer.json()["type"]
