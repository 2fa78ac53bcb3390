"""Deals and activities of another system go with the import that told of them, unless they were gone on with."""

from typing import Any

import pytest

from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_activity_history import CALL, VISIT, take_in
from tests.opportunities.deals.test_history_run import ROWS, deal_id, errors, run


async def undo(sales: Sales, done: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
    """Take an import back, and what became of its rows."""
    asked = await sales.ask(
        sales.olga, "POST", f"/imports/{done['id']}/undo?dry_run={str(dry_run).lower()}"
    )
    assert asked.status_code == 202, asked.text
    await sales.world.advance()
    return (await sales.ask(sales.olga, "GET", asked.headers["Location"])).json()


def undone(run: dict[str, Any]) -> dict[str, int]:
    effects = ("withdrawn", "restored", "unchanged", "rejected")
    return {effect: run[effect] for effect in effects if run[effect]}


async def listed(sales: Sales) -> set[str]:
    answer = await sales.ask(sales.olga, "GET", "/opportunities")
    return {line["id"] for line in answer.json()["items"]}


async def test_deals_that_a_file_made_go_with_it_and_come_back_with_it(sales: Sales) -> None:
    done = await run(sales, *ROWS)

    before = await undo(sales, done, dry_run=True)
    taken_back = await undo(sales, done)
    gone = await listed(sales)
    again = await run(sales, *ROWS)

    assert undone(before) == undone(taken_back) == {"withdrawn": 4}
    assert gone == set()
    assert (again["created"], again["updated"], again["unchanged"]) == (4, 0, 0)
    assert await listed(sales) == {str(deal_id(row[0])) for row in ROWS}
    told = [e.type for e in await sales.events() if e.aggregate_id == deal_id("1")]
    assert [name for name in told if name.startswith("opportunity.")] == [
        "opportunity.recorded.v1",
        "opportunity.unrecorded.v1",
        "opportunity.recorded.v1",
    ]


async def test_a_deal_that_was_gone_on_with_stays_and_says_why(sales: Sales) -> None:
    done = await run(sales, *ROWS)
    moved, called = str(deal_id("4")), str(deal_id("3"))
    await sales.move(moved, "Engaging", next_step="Call", next_step_on=await sales.soon())
    await take_in(sales, ("9", "opportunity", "3", "call", "wu", "2025-03-03 10:00", ""))

    taken_back = await undo(sales, done)

    reasons = {which: reason for which, (_, reason) in (await errors(sales, taken_back)).items()}
    assert undone(taken_back) == {"withdrawn": 2, "rejected": 2}
    assert "moved on here" in reasons["4"]
    assert "take that back first" in reasons["3"]
    assert await listed(sales) == {moved, called}


async def test_what_a_later_file_said_is_not_taken_back_with_an_earlier_one(sales: Sales) -> None:
    first = await run(sales, *ROWS)
    won = ("3", "wu", "P-1", "Globex", "Won", "2025-02-02", "2025-04-01", "1200")
    later = await run(sales, won)

    of_the_later = await undo(sales, later)
    of_the_first = await undo(sales, first)

    assert undone(of_the_later) == {"rejected": 1}
    assert undone(of_the_first) == {"withdrawn": 3, "rejected": 1}
    shown = await sales.ask(sales.olga, "GET", f"/opportunities/{deal_id('3')}")
    assert shown.json()["stage"] == "Won"


async def test_a_file_that_said_nothing_new_takes_nothing_back(sales: Sales) -> None:
    await run(sales, *ROWS)

    taken_back = await undo(sales, await run(sales, *ROWS))

    assert undone(taken_back) == {"unchanged": 4}


async def test_the_past_of_a_live_unit_stays(sales: Sales) -> None:
    done, acts = await run(sales, *ROWS), await take_in(sales, CALL, VISIT)
    await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")

    assert undone(await undo(sales, acts)) == {"withdrawn": 1, "rejected": 1}
    assert undone(await undo(sales, done)) == {"withdrawn": 3, "rejected": 1}


async def test_activities_go_with_their_file_and_come_back_with_it(sales: Sales) -> None:
    await run(sales, *ROWS)
    done = await take_in(sales, CALL, VISIT)
    path = f"/opportunities/{deal_id('1')}/timeline"

    taken_back = await undo(sales, done)
    without = (await sales.ask(sales.olga, "GET", path)).json()["items"]
    again = await take_in(sales, CALL, VISIT)
    with_it = (await sales.ask(sales.olga, "GET", path)).json()["items"]

    assert undone(taken_back) == {"withdrawn": 2}
    assert "call" not in {entry["kind"] for entry in without}
    assert again["created"] == 2
    assert "call" in {entry["kind"] for entry in with_it}
    told = [e.type for e in await sales.events() if e.type.startswith("activity.")]
    assert told.count("activity.unlogged.v1") == 2
    assert told.count("activity.logged.v1") == 4


async def test_a_record_was_last_worked_on_when_something_else_was_done(sales: Sales) -> None:
    await run(sales, *ROWS)
    await take_in(sales, CALL)
    later = ("8", *CALL[1:5], "2025-02-01 10:00", "")

    await undo(sales, await take_in(sales, later))

    async with sales.world["opportunities"].database.tx() as tx:
        last = await tx.fetchval(
            "SELECT last_activity_at FROM ownership WHERE subject_id = $1", deal_id("1")
        )
    assert str(last.date()) == "2025-01-03"


@pytest.mark.parametrize("kind", ["directory", "products"])
async def test_people_and_products_cannot_be_taken_back(sales: Sales, kind: str) -> None:
    header = {"directory": b"seller\nZoe\n", "products": b"name,list_price\nPump X,10\n"}[kind]
    headers = sales.world.headers(sales.olga.id) | {"Content-Type": "application/octet-stream"}
    sent = await sales.api.post(f"/imports/{kind}", content=header, headers=headers)
    assert sent.status_code == 202, sent.text
    await sales.world.advance()

    refused = await sales.ask(sales.olga, "POST", f"/imports/{sent.json()['id']}/undo")

    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("cannot-be-undone")
