from typing import Any

import pytest

from tests.opportunities.deals.sales import Answer, Sales

KIND = "/configurations/pipeline:standard"


async def current(sales: Sales) -> dict[str, Any]:
    pipelines = (await sales.ask(sales.anna, "GET", "/pipelines")).json()["items"]
    return next(found for found in pipelines if found["key"] == "standard")


async def draft(sales: Sales, body: dict[str, Any]) -> Answer:
    return await sales.ask(sales.olga, "POST", KIND, {"body": body, "why": "Stricter"})


async def put(sales: Sales, version: int, state: str) -> Answer:
    return await sales.ask(sales.olga, "PUT", f"{KIND}/{version}/state", {"state": state})


async def body_with(sales: Sales, when: str) -> dict[str, Any]:
    """The standard pipeline with a gate of one's own before its second stage."""
    body = dict(await current(sales))
    del body["key"], body["version"]
    message = {"zh": "需要更多", "en": "More is needed"}
    body["stages"][1]["gate"] = [{"name": "more", "when": when, "message": message}]
    return body


async def test_an_enterprise_starts_with_seven_stages(sales: Sales) -> None:
    stages = (await current(sales))["stages"]

    assert [stage["key"] for stage in stages] == [
        "初步沟通", "需求确认", "方案制定", "报价", "谈判", "赢单", "输单",
    ]  # fmt: skip


async def test_open_deals_stay_on_the_version_they_began_with(sales: Sales) -> None:
    before = await sales.open()
    await draft(sales, await body_with(sales, "amount >= 5000.0"))
    await put(sales, 2, "checked")
    assert (await put(sales, 2, "activated")).status_code == 200
    after = await sales.open()
    for deal in (before, after):
        await sales.log(deal["id"], "call")

    old = await sales.move(before["id"], "需求确认")
    new = await sales.move(after["id"], "需求确认")

    assert (old.status_code, old.json()["pipeline_version"]) == (200, 1)
    assert [thing["name"] for thing in new.json()["missing"]] == ["more"]
    assert after["pipeline_version"] == 2


@pytest.mark.parametrize(
    "when", ["amuont > 1.0", "amount >", "amount > 'x'", "amount + 1.0"], ids=str
)
async def test_a_gate_that_cannot_be_judged_is_refused_with_its_place(
    sales: Sales, when: str
) -> None:
    await draft(sales, await body_with(sales, when))

    answer = await put(sales, 2, "checked")

    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/stages/1/gate/0/when"]
    assert (await current(sales))["version"] == 1


async def test_only_operators_change_pipelines(sales: Sales) -> None:
    body = {"body": await body_with(sales, "true"), "why": "Mine"}

    answer = await sales.ask(sales.lea, "POST", KIND, body)

    assert answer.status_code == 403
