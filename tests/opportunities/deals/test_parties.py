"""A deal names end customer, buyer, dealer, payer and the legal entity of ours that signs."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.opportunities.domain.unit import Unit
from services.opportunities.repository import unit as units
from shared.contracts.leads import ContactAdded, CustomerFacts, CustomerRegistered, CustomerUpdated
from shared.principals import ROOT_UNIT
from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_conversion import AT


async def organisation(sales: Sales, name: str, *, is_dealer: bool = False) -> str:
    """A customer that was heard of."""
    customer_id = uuid4()
    facts = CustomerFacts(name=name, is_dealer=is_dealer)
    await sales.hear(
        (CustomerRegistered(customer_id=customer_id, facts=facts, registered_at=AT), 1)
    )
    return str(customer_id)


async def person(sales: Sales) -> str:
    """A contact that was heard of."""
    contact_id = uuid4()
    await sales.hear(
        (ContactAdded(contact_id=contact_id, customer_id=sales.customer, added_at=AT), 1)
    )
    return str(contact_id)


async def entity(sales: Sales, name: str = "远东机械（杭州）有限公司") -> str:
    """A legal entity of ours."""
    unit = Unit(
        id=uuid4(),
        name=name,
        kind="legal_entity",
        parent_id=ROOT_UNIT,
        regions=("浙江",),
        credit_code="91330100MA27XYJ12E",
        sequence=1,
    )
    async with sales.world["opportunities"].database.tx() as tx:
        await units.save(tx, [unit], now=tx.now)
    return str(unit.id)


async def test_a_deal_names_everybody_it_is_with(sales: Sales):
    parties: dict[str, Any] = {
        "buyer_id": await organisation(sales, "总包"),
        "dealer_id": await organisation(sales, "经销商", is_dealer=True),
        "payer_id": await person(sales),
        "signed_by_id": await entity(sales),
    }

    deal = await sales.open(**parties)

    shown = (await sales.show(deal["id"])).json()
    assert {role: shown[role] for role in parties} == parties
    [opened] = await sales.events("opportunity.opened.v1")
    assert all(party.encode() in opened.payload for party in parties.values())
    listed = await sales.ask(sales.anna, "GET", f"/opportunities?dealer={parties['dealer_id']}")
    assert [item["id"] for item in listed.json()["items"]] == [deal["id"]]


async def test_a_party_is_corrected_and_taken_away_again(sales: Sales):
    dealer = await organisation(sales, "经销商", is_dealer=True)
    deal = await sales.open()

    named = await sales.patch(deal["id"], dealer_id=dealer)
    alone = await sales.patch(deal["id"], dealer_id=None)

    assert (named.json()["dealer_id"], alone.json()["dealer_id"]) == (dealer, None)
    assert len(await sales.events("opportunity.updated.v1")) == 2


@pytest.mark.parametrize(
    ("role", "problem", "status"),
    [
        ("buyer_id", "unknown-party", 422),
        ("payer_id", "unknown-party", 422),
        ("dealer_id", "unknown-party", 422),
        ("signed_by_id", "not-our-entity", 422),
    ],
)
async def test_whom_nobody_has_heard_of_cannot_be_named(
    sales: Sales, role: str, problem: str, status: int
):
    deal = await sales.open()

    refused = await sales.patch(deal["id"], **{role: str(uuid4())})

    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{problem}")
    assert (await sales.show(deal["id"])).json()[role] is None


async def test_an_organisation_deals_once_it_is_said_to_be_a_dealer(sales: Sales):
    dealer = await organisation(sales, "经销商")
    deal = await sales.open()
    before = await sales.patch(deal["id"], dealer_id=dealer)
    facts = CustomerFacts(name="经销商", is_dealer=True)
    await sales.hear((CustomerUpdated(customer_id=UUID(dealer), facts=facts, updated_at=AT), 2))

    after = await sales.patch(deal["id"], dealer_id=dealer)

    assert before.json()["type"] == "/problems/no-dealer"
    assert after.status_code == 200, after.text


async def test_every_seller_sees_which_entities_of_ours_may_sign(sales: Sales):
    signing = await entity(sales)

    shown: Any = (await sales.ask(sales.wu, "GET", "/legal-entities")).json()

    [found] = shown["items"]
    assert (found["id"], found["credit_code"], found["regions"]) == (
        signing,
        "91330100MA27XYJ12E",
        ["浙江"],
    )
