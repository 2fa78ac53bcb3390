"""A deal goes with an undone conversion, unless it has moved on; the two never both have their way."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.leads import (
    CustomerFacts,
    CustomerRegistered,
    CustomerWithdrawn,
    LeadCaptured,
    LeadConversionRecalled,
    LeadConversionUndone,
    LeadConverted,
    LeadFacts,
)
from shared.ids import ownership_id
from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_conversion import AT, converted, deal_of


async def opened(sales: Sales) -> LeadConverted:
    """Anna's lead was converted to a deal."""
    event = converted(sales)
    captured = LeadCaptured(
        lead_id=event.lead_id,
        facts=LeadFacts(channel="web"),
        wanted_owner_id=sales.anna.id,
        captured_at=AT,
    )
    await sales.hear((captured, 1), (event, 2))
    return event


def recalled(event: LeadConverted) -> LeadConversionRecalled:
    return LeadConversionRecalled(
        lead_id=event.lead_id,
        opportunity_id=UUID(deal_of(event)),
        recalled_by=None,
        recalled_at=AT,
    )


def undone(event: LeadConverted) -> LeadConversionUndone:
    return LeadConversionUndone(
        lead_id=event.lead_id,
        customer_id=event.customer_id,
        state="open",
        undone_by=None,
        undone_at=AT,
    )


async def test_a_deal_that_was_left_alone_is_neither_shown_nor_changed(sales: Sales):
    event = await opened(sales)
    deal = deal_of(event)

    await sales.hear((recalled(event), 3))

    listed = (await sales.ask(sales.anna, "GET", "/opportunities")).json()["items"]
    gone = (await sales.ask(sales.anna, "GET", "/opportunities?status=withdrawn")).json()["items"]
    refused = await sales.patch(deal, amount="1.00")
    assert (listed, [item["id"] for item in gone]) == ([], [deal])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/opportunity-closed")
    assert len(await sales.events("opportunity.withdrawn.v1")) == 1
    timeline = (await sales.ask(sales.anna, "GET", f"/opportunities/{deal}/timeline")).json()
    assert timeline["items"][0]["kind"] == "withdrawn"


@pytest.mark.parametrize("happened", ["changed", "worked_on", "handed_on"])
async def test_a_deal_that_has_moved_on_stays_and_says_why(sales: Sales, happened: str):
    event = await opened(sales)
    deal = deal_of(event)
    match happened:
        case "changed":
            await sales.patch(deal, amount="5.00")
        case "worked_on":
            call = {"subject_kind": "opportunity", "subject_id": deal, "kind": "call", "text": "x"}
            await sales.ask(sales.anna, "POST", "/activities", call)
        case _:
            await sales.transfer(UUID(deal), sales.ben)

    await sales.hear((recalled(event), 3))

    [kept] = await sales.events("opportunity.kept.v1")
    assert f'"{happened}"'.encode() in kept.payload
    assert (await sales.show(deal, sales.olga)).json()["status"] == "open"
    assert await sales.events("opportunity.withdrawn.v1") == []


@pytest.mark.parametrize("change", ["move", "amount", "activity", "transfer"])
async def test_of_an_undo_and_a_change_at_the_same_second_one_has_its_way(
    sales: Sales, change: str
):
    event = await opened(sales)
    deal = deal_of(event)
    call = {"subject_kind": "opportunity", "subject_id": deal, "kind": "call", "text": "x"}
    to = {"owner_id": str(sales.ben.id), "reason": "x"}
    path, body, method = {
        "move": (f"/opportunities/{deal}/outcome", {"outcome": "lost", "reason": "价格"}, "PUT"),
        "amount": (f"/opportunities/{deal}", {"amount": "5.00"}, "PATCH"),
        "activity": ("/activities", call, "POST"),
        "transfer": (
            f"/ownerships/{ownership_id('opportunity', UUID(deal))}/owner",
            to,
            "PUT",
        ),
    }[change]
    etag = await sales.etag(deal)

    answer, _ = await asyncio.gather(
        sales.ask(sales.olga, method, path, body, etag=etag), sales.hear((recalled(event), 3))
    )

    gone = len(await sales.events("opportunity.withdrawn.v1"))
    kept = len(await sales.events("opportunity.kept.v1"))
    shown = (await sales.show(deal, sales.olga)).json()["status"]
    assert gone + kept == 1
    assert (shown == "withdrawn") == bool(gone)
    if change != "activity":
        assert answer.is_success != bool(gone), answer.text


async def test_the_lead_is_worked_on_again_by_whoever_had_it(sales: Sales):
    event = await opened(sales)

    await sales.hear((recalled(event), 3), (undone(event), 4))

    async with sales.world["opportunities"].database.tx() as tx:
        row = await tx.fetchrow(
            """
            SELECT ownership.open, ownership.owner_id, lead_copy.customer_id
              FROM ownership
              JOIN lead_copy ON lead_copy.id = ownership.subject_id
             WHERE ownership.subject_id = $1
            """,
            event.lead_id,
        )
    assert dict(row or {}) == {"open": True, "owner_id": sales.anna.id, "customer_id": None}


async def test_a_lead_that_is_converted_again_has_another_deal(sales: Sales):
    event = await opened(sales)
    await sales.hear((recalled(event), 3), (undone(event), 4))
    again = converted(sales, event.lead_id)

    await sales.hear((again, 5))

    listed: Any = (await sales.ask(sales.anna, "GET", "/opportunities")).json()["items"]
    assert [item["id"] for item in listed] == [deal_of(again)]


async def test_nothing_begins_with_a_customer_that_was_withdrawn(sales: Sales):
    event = await opened(sales)
    facts = CustomerFacts(name="华东泵业")
    registered = CustomerRegistered(
        customer_id=event.customer_id, facts=facts, lead_id=event.lead_id, registered_at=AT
    )
    withdrawn = CustomerWithdrawn(customer_id=event.customer_id, withdrawn_by=None, withdrawn_at=AT)
    await sales.hear((registered, 1), (withdrawn, 2))

    refused = await sales.ask(
        sales.olga,
        "POST",
        "/opportunities",
        {
            "customer_id": str(event.customer_id),
            "next_step": "x",
            "next_step_on": await sales.soon(),
        },
    )

    assert refused.status_code == 404, refused.text
