import asyncio
from typing import Any

import pytest

from tests.opportunities.deals.sales import Answer, Sales

FIRST, NEEDS, SOLUTION, QUOTE, TALKS, WON, LOST = (
    "初步沟通", "需求确认", "方案制定", "报价", "谈判", "赢单", "输单",
)  # fmt: skip


def missing(answer: Answer) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [thing["name"] for thing in answer.json()["missing"]]


async def walk(sales: Sales, id: str, *stages: str) -> None:
    for stage in stages:
        answer = await sales.move(id, stage)
        assert answer.status_code == 200, answer.text


async def ready(sales: Sales) -> str:
    """A deal that has everything any gate asks for."""
    deal = await sales.open(product_id=str(sales.pump.id), expected_close_on=await sales.soon())
    assert (await sales.log(deal["id"], "visit")).status_code == 201
    return deal["id"]


async def test_a_deal_walks_through_all_stages_to_its_win(sales: Sales) -> None:
    deal_id = await ready(sales)

    await walk(sales, deal_id, NEEDS, SOLUTION, QUOTE, TALKS)
    won = await sales.close(deal_id, "won", "产品合适", amount="950.00")

    assert won.status_code == 200, won.text
    assert (won.json()["stage"], won.json()["status"], won.json()["amount"]) == (
        WON,
        "won",
        "950.00",
    )
    told = await sales.events("opportunity.stage_changed.v1", "opportunity.won.v1")
    assert sorted(event.sequence for event in told) == [2, 3, 4, 5, 6]


async def test_a_closed_gate_names_all_that_is_missing_in_both_languages(sales: Sales) -> None:
    deal = await sales.open()

    answer = await sales.move(deal["id"], NEEDS)

    assert missing(answer) == ["contacted"]
    assert answer.json()["missing"][0]["zh"]
    assert answer.json()["missing"][0]["en"]
    assert answer.json()["type"].endswith("gate-closed")


@pytest.mark.parametrize("door", ["stage", "patch"])
async def test_every_door_meets_the_same_gate(sales: Sales, door: str) -> None:
    deal = await sales.open()

    async def move(stage: str) -> Answer:
        if door == "patch":
            return await sales.patch(deal["id"], stage=stage)
        return await sales.move(deal["id"], stage)

    skipped, unready = await move(QUOTE), await move(NEEDS)

    assert skipped.status_code == 409
    assert skipped.json()["type"].endswith("stage-out-of-reach")
    assert missing(unready) == ["contacted"]


async def test_a_win_meets_gates_too(sales: Sales) -> None:
    deal = await sales.open()

    skipped = await sales.close(deal["id"], "won", "价格")

    assert skipped.json()["type"].endswith("stage-out-of-reach")


async def test_one_correction_can_bring_what_the_gate_asks_for_and_move(sales: Sales) -> None:
    deal = await sales.open()
    await sales.log(deal["id"], "call")
    await walk(sales, deal["id"], NEEDS)

    moved = await sales.patch(
        deal["id"], product_id=str(sales.pump.id), amount="900", stage=SOLUTION
    )

    assert moved.status_code == 200, moved.text
    assert moved.json()["stage"] == SOLUTION
    assert moved.json()["list_value"] == "1000.00"
    assert moved.headers["ETag"] == '"4"'


async def test_of_two_movers_who_saw_the_same_deal_one_wins(sales: Sales) -> None:
    deal_id = await ready(sales)
    seen = await sales.etag(deal_id)

    answers = await asyncio.gather(*(sales.move(deal_id, NEEDS, etag=seen) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await sales.events("opportunity.stage_changed.v1")) == 1


async def test_a_move_without_if_match_is_refused(sales: Sales) -> None:
    deal = await sales.open()

    answer = await sales.ask(
        sales.anna, "PUT", f"/opportunities/{deal['id']}/stage", {"stage": NEEDS}
    )

    assert answer.status_code == 428


async def test_the_same_move_sent_again_gets_the_same_answer(sales: Sales) -> None:
    deal_id = await ready(sales)
    seen = await sales.etag(deal_id)
    path, body = f"/opportunities/{deal_id}/stage", {"stage": NEEDS}

    first, again = [
        await sales.ask(sales.anna, "PUT", path, body, etag=seen, key="once") for _ in range(2)
    ]

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert len(await sales.events("opportunity.stage_changed.v1")) == 1


async def test_one_step_back_is_free_with_a_reason(sales: Sales) -> None:
    deal_id = await ready(sales)
    await walk(sales, deal_id, NEEDS)

    silent = await sales.move(deal_id, FIRST)
    back = await sales.move(deal_id, FIRST, reason="Budget is open again")

    assert silent.json()["type"].endswith("step-back-needs-reason")
    assert back.status_code == 200
    timeline = (await sales.ask(sales.anna, "GET", f"/opportunities/{deal_id}/timeline")).json()[
        "items"
    ]
    assert timeline[0]["text"] == "Budget is open again"


@pytest.mark.parametrize(
    "change",
    [
        ("PATCH", "", {"amount": "1"}),
        ("PUT", "/stage", {"stage": NEEDS}),
        ("PUT", "/outcome", {"outcome": "won", "reason": "价格"}),
    ],
    ids=["a correction", "a move", "another outcome"],
)
async def test_a_closed_deal_is_locked(
    sales: Sales, change: tuple[str, str, dict[str, Any]]
) -> None:
    deal = await sales.open()
    lost = await sales.close(deal["id"], "lost", "预算取消")
    method, door, body = change

    answer = await sales.ask(
        sales.anna, method, f"/opportunities/{deal['id']}{door}", body, etag=lost.headers["ETag"]
    )

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("opportunity-closed")


async def test_a_reason_comes_from_the_list(sales: Sales) -> None:
    deal = await sales.open()

    answer = await sales.close(deal["id"], "lost", "just so")

    assert answer.status_code == 422
    assert "预算取消" in answer.json()["reasons"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"next_step": None}, 422),
        ({"next_step_on": None}, 422),
        ({"next_step_on": "2020-01-01"}, 409),
        ({"next_step_on": "2026-02-30"}, 422),
        ({"amount": "-1"}, 422),
        ({"amount": "1.234"}, 422),
        ({"product_id": "00000000-0000-0000-0000-000000000000"}, 422),
        ({"customer_id": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"pipeline": "nowhere"}, 422),
        ({"surprise": 1}, 422),
    ],
    ids=str,
)
async def test_openings_that_are_refused(
    sales: Sales, changes: dict[str, Any], status: int
) -> None:
    body = {
        "customer_id": str(sales.customer),
        "next_step": "Call",
        "next_step_on": await sales.soon(),
    }

    answer = await sales.ask(sales.anna, "POST", "/opportunities", body | changes)

    assert answer.status_code == status, answer.text
