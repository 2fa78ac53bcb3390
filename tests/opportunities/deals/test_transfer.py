from uuid import UUID

from shared.ids import ownership_id
from tests.opportunities.deals.sales import Answer, Sales


async def give_to_ben(sales: Sales, deal_id: str) -> Answer:
    """Lea hands a deal of Anna's on to Ben."""
    path = f"/ownerships/{ownership_id('opportunity', UUID(deal_id))}/owner"
    return await sales.ask(sales.lea, "PUT", path, {"owner_id": str(sales.ben.id), "reason": "x"})


async def test_a_deal_follows_its_ownership(sales: Sales) -> None:
    deal = await sales.open()

    answer = await give_to_ben(sales, deal["id"])

    assert answer.status_code == 200, answer.text
    assert (await sales.show(deal["id"], sales.ben)).json()["owner_id"] == str(sales.ben.id)
    assert (await sales.show(deal["id"], sales.anna)).status_code == 404


async def test_a_closed_deal_stays_with_its_owner(sales: Sales) -> None:
    deal = await sales.open()
    await sales.close(deal["id"], "lost", "价格")

    answer = await give_to_ben(sales, deal["id"])

    assert answer.json()["type"] == "/problems/subject-closed"
