"""A merged customer's deals are shown with those of the customer that goes on."""

from typing import Any
from uuid import UUID, uuid4

from shared.contracts.leads import (
    CustomerFacts,
    CustomerMerged,
    CustomerRegistered,
    CustomerUnmerged,
)
from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_conversion import AT


async def two_customers(sales: Sales) -> tuple[UUID, UUID]:
    """Two customers, known here; the second is then merged into the first."""
    survivor, gone = uuid4(), uuid4()
    for customer_id in (survivor, gone):
        facts = CustomerFacts(name="华东泵业")
        registered = CustomerRegistered(customer_id=customer_id, facts=facts, registered_at=AT)
        await sales.hear((registered, 1))
    return survivor, gone


def merged(survivor: UUID, gone: UUID) -> CustomerMerged:
    return CustomerMerged(customer_id=gone, into_id=survivor, merged_by=None, merged_at=AT)


async def deals(sales: Sales, customer_id: UUID) -> set[Any]:
    answer = await sales.ask(sales.olga, "GET", f"/opportunities?customer={customer_id}")
    return {deal["id"] for deal in answer.json()["items"]}


async def test_deals_follow_a_merge_and_its_undoing(sales: Sales):
    survivor, gone = await two_customers(sales)
    before = (await sales.open(sales.olga, customer_id=str(gone)))["id"]

    await sales.hear((merged(survivor, gone), 2))
    since = (await sales.open(sales.olga, customer_id=str(gone)))["id"]
    together = await deals(sales, survivor)
    apart = CustomerUnmerged(customer_id=gone, from_id=survivor, unmerged_by=None, unmerged_at=AT)
    await sales.hear((apart, 3))

    assert together == {before, since}
    assert await deals(sales, survivor) == {since}
    assert await deals(sales, gone) == {before}
