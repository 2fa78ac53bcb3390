"""Deals of a unit that works here already are not taken over any more; old totals are compared."""

from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_history_run import ROWS, errors, run


async def test_a_unit_goes_live_once_and_for_all(sales: Sales) -> None:
    first = await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")
    again = await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")

    assert first.status_code == 200, first.text
    assert first.json()["live_since"] is not None
    assert again.json() == first.json()
    told = await sales.events("directory.unit_defined.v1")
    assert [event.aggregate_id for event in told].count(sales.west) == 1


async def test_only_operators_let_a_unit_go_live(sales: Sales) -> None:
    refused = await sales.ask(sales.mia, "PUT", f"/units/{sales.east}/live")

    assert refused.status_code == 403


async def test_deals_of_a_live_unit_are_refused_and_the_others_come_in(sales: Sales) -> None:
    await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")

    done = await run(sales, *ROWS)

    assert (done["created"], done["rejected"]) == (3, 1)
    [(where, reason)] = (await errors(sales, done)).values()
    assert where.startswith("seller")
    assert "live since" in reason


async def test_rows_that_came_before_change_nothing_after(sales: Sales) -> None:
    await run(sales, *ROWS)
    await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")

    again = await run(sales, *ROWS)

    assert (again["unchanged"], again["rejected"]) == (4, 0)


async def test_stages_and_amounts_are_compared(sales: Sales) -> None:
    await run(sales, *ROWS)
    totals = [
        {"kind": "opportunities", "by": "stage", "value": "Won", "count": 1, "amount": "900.00"},
        {"kind": "opportunities", "by": "stage", "value": "Lost", "count": 2, "amount": "0"},
    ]

    answer = await sales.ask(sales.olga, "POST", "/migrations/crm/comparison", {"totals": totals})

    assert answer.status_code == 200, answer.text
    lines = {line["value"]: line for line in answer.json()["lines"]}
    assert lines["Won"]["equal"] is True
    assert (lines["Lost"]["count_difference"], lines["Lost"]["amount_difference"]) == (-1, "0.00")
    assert lines["Engaging"]["there"] is None
    assert answer.json()["equal"] is False
