"""A merged customer's deals and work are shown with those of the customer that goes on."""

from typing import Any
from uuid import UUID, uuid4

from services.opportunities.domain.ownership import OwnedSubject
from services.opportunities.domain.person import Person
from services.opportunities.handlers import ownership
from shared.contracts.leads import (
    CustomerFacts,
    CustomerMerged,
    CustomerRegistered,
    CustomerUnmerged,
)
from shared.ids import ownership_id
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


async def activities(sales: Sales, customer_id: UUID, who: Person) -> list[str]:
    path = f"/activities?subject_kind=customer&subject_id={customer_id}"
    answer = await sales.ask(who, "GET", path)
    return [activity["text"] for activity in answer.json()["items"]]


async def visit(sales: Sales, customer_id: UUID, text: str) -> None:
    body = {
        "subject_kind": "customer",
        "subject_id": str(customer_id),
        "kind": "visit",
        "text": text,
    }
    answer = await sales.ask(sales.olga, "POST", "/activities", body)
    assert answer.status_code == 201, answer.text


async def owned(sales: Sales, customer_id: UUID, owner: Person) -> None:
    """Somebody has the customer."""
    async with sales.world["opportunities"].database.tx() as tx:
        await ownership.assign_directly(
            tx,
            [OwnedSubject(kind="customer", subject_id=customer_id, owner_id=owner.id)],
            reason="kept",
            history=False,
            now=tx.now,
        )


async def test_the_work_on_a_merged_customer_is_shown_to_whoever_owns_the_other(sales: Sales):
    survivor, gone = await two_customers(sales)
    await owned(sales, survivor, sales.anna)
    await owned(sales, gone, sales.wu)
    await visit(sales, gone, "before")

    await sales.hear((merged(survivor, gone), 2))
    await visit(sales, gone, "since")
    together = await activities(sales, survivor, sales.anna)
    apart = CustomerUnmerged(customer_id=gone, from_id=survivor, unmerged_by=None, unmerged_at=AT)
    await sales.hear((apart, 3))

    assert together == ["since", "before"]
    assert await activities(sales, survivor, sales.anna) == ["since"]
    assert await activities(sales, gone, sales.wu) == ["before"]


async def test_deals_are_shown_with_the_customer_that_goes_on_however_often_it_was_merged(
    sales: Sales,
):
    survivor, gone = await two_customers(sales)
    last = uuid4()
    facts = CustomerFacts(name="华东泵业集团")
    deal = (await sales.open(sales.olga, customer_id=str(gone)))["id"]

    await sales.hear(
        (CustomerRegistered(customer_id=last, facts=facts, registered_at=AT), 1),
        (merged(survivor, gone), 2),
        (merged(last, survivor), 2),
    )

    assert await deals(sales, last) == {deal}


async def test_a_merged_customer_is_not_handed_on_and_its_owner_has_it_back_afterwards(
    sales: Sales,
):
    survivor, gone = await two_customers(sales)
    await owned(sales, gone, sales.wu)
    path = f"/ownerships/{ownership_id('customer', gone)}/owner"
    to = {"owner_id": str(sales.ben.id), "reason": "x"}

    await sales.hear((merged(survivor, gone), 2))
    refused = await sales.ask(sales.olga, "PUT", path, to)
    apart = CustomerUnmerged(customer_id=gone, from_id=survivor, unmerged_by=None, unmerged_at=AT)
    await sales.hear((apart, 3))
    done = await sales.ask(sales.olga, "PUT", path, to)

    assert refused.json()["type"] == "/problems/subject-closed"
    assert done.is_success, done.text
