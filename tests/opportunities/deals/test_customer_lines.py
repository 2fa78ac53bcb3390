"""A customer may be owned product line by product line, beside whoever owns it as a whole."""

from typing import Any

from services.opportunities.domain.person import Person
from tests.opportunities.deals.sales import Answer, Sales

LINE = "泵"


async def give(sales: Sales, to: Person, *, by: Person | None = None, line: str = LINE) -> Answer:
    """Hand a product line with Anna's customer to somebody."""
    async with sales.world["opportunities"].database.tx() as tx:
        await tx.execute("UPDATE product SET series = $1", LINE)
    body = {
        "customer_id": str(sales.customer),
        "product_line": line,
        "owner_id": str(to.id),
        "reason": "x",
    }
    return await sales.ask(by or sales.olga, "PUT", "/customer-lines/owner", body)


async def lines(sales: Sales, who: Person) -> list[tuple[str, str]]:
    """Which lines of Anna's customer somebody sees, and whose they are."""
    path = f"/customer-lines?customer={sales.customer}"
    answer: Any = (await sales.ask(who, "GET", path)).json()
    return [(line["product_line"], line["owner_name"]) for line in answer["items"]]


async def opens(sales: Sales, who: Person) -> int:
    """How a deal with Anna's customer is answered."""
    body = {
        "customer_id": str(sales.customer),
        "next_step": "Visit them",
        "next_step_on": await sales.soon(),
    }
    return (await sales.ask(who, "POST", "/opportunities", body)).status_code


async def test_whoever_answers_for_a_line_opens_deals_beside_the_owner(sales: Sales):
    before = await opens(sales, sales.wu)

    given = await give(sales, sales.wu)

    assert given.status_code == 204, given.text
    assert (before, await opens(sales, sales.wu), await opens(sales, sales.anna)) == (404, 201, 201)
    assert await lines(sales, sales.wu) == await lines(sales, sales.anna) == [(LINE, "Wu")]
    assert await lines(sales, sales.ben) == []


async def test_a_line_is_handed_on_and_given_back(sales: Sales):
    await give(sales, sales.wu)
    await give(sales, sales.wu)
    await give(sales, sales.ben)

    path = f"/customer-lines/owner?customer={sales.customer}&line={LINE}"
    back = await sales.ask(sales.olga, "DELETE", path)

    assert back.status_code == 204, back.text
    assert await lines(sales, sales.anna) == []
    assert len(await sales.events("customer_line.assigned.v1")) == 2
    [released] = await sales.events("customer_line.released.v1")
    assert str(sales.ben.id).encode() in released.payload


async def test_a_line_nobody_sells_is_refused(sales: Sales):
    refused = await give(sales, sales.wu, line="火箭")

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unknown-product-line")


async def test_only_whoever_leads_gives_lines_and_only_within_their_part(sales: Sales):
    by_seller = await give(sales, sales.ben, by=sales.anna)
    beyond = await give(sales, sales.wu, by=sales.lea)
    within = await give(sales, sales.ben, by=sales.lea)

    assert (by_seller.status_code, within.status_code) == (403, 204)
    assert beyond.json()["type"] == "/problems/person-unavailable"
