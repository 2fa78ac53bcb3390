"""What was undone counts nowhere, and merged customers count as one."""

from itertools import permutations

import pytest

from shared.contracts.leads import CustomerMerged, CustomerRegistered, CustomerUnmerged
from shared.contracts.opportunities import OpportunityOpened, OpportunityWithdrawn
from tests.analytics import make
from tests.analytics.history import History

ORDERS = [order for order in permutations("abc") if order.index("a") < order.index("b")]
"""First deal opened, first deal withdrawn, second deal opened: of one deal, always in its own order."""


def withdrawn(deal: OpportunityOpened) -> OpportunityWithdrawn:
    assert deal.lead_id is not None
    return OpportunityWithdrawn(
        opportunity_id=deal.opportunity_id,
        lead_id=deal.lead_id,
        withdrawn_on=make.NOW.date(),
        withdrawn_by=None,
        withdrawn_at=make.NOW,
    )


async def test_a_withdrawn_deal_is_in_no_report_of_any_day(history: History) -> None:
    anna, lead = make.person("Anna"), make.lead(at=make.days(-9))
    deal = make.opened(anna, lead_id=lead.lead_id, at=make.days(-3))
    await history.tell(anna, lead, deal)
    day = make.days(-1).date().isoformat()
    before = await history.report("pipeline", as_of=day)

    await history.tell(withdrawn(deal))

    [then] = await history.report("pipeline", as_of=day)
    [road] = await history.report("source-conversion")
    assert (before[0]["open"], then["open"]) == (1, 0)
    assert await history.report("stage-counts") == []
    assert await history.report("stage-counts", as_of=day) == []
    assert await history.report("funnel", pipeline="standard") == []
    assert (road["leads"], road["converted"]) == (1, 0)


@pytest.mark.parametrize("order", ORDERS, ids="".join)
async def test_the_second_deal_of_a_lead_counts_from_its_own_day_in_whatever_order(
    history: History, order: tuple[str, ...]
) -> None:
    anna, lead = make.person("Anna"), make.lead(at=make.days(-9))
    first = make.opened(anna, lead_id=lead.lead_id, at=make.days(-5))
    second = make.opened(anna, lead_id=lead.lead_id, at=make.days(-1))
    told = {"a": first, "b": withdrawn(first), "c": second}
    await history.tell(anna, lead)

    for name in order:
        await history.tell(told[name])

    async with history.world["analytics"].database.tx() as tx:
        opened_at = await tx.fetchval("SELECT deal_opened_at FROM lead")
    assert opened_at == make.days(-1)


def merged(gone: CustomerRegistered, into: CustomerRegistered) -> CustomerMerged:
    return CustomerMerged(
        customer_id=gone.customer_id,
        into_id=into.customer_id,
        merged_by=None,
        merged_at=make.NOW,
    )


async def test_deals_of_a_merged_customer_count_for_the_one_that_goes_on(history: History) -> None:
    anna = make.person("Anna")
    blank, water, group = make.customer(), make.customer("水务"), make.customer("环保")
    deal = make.recorded(anna, customer_id=blank.customer_id)
    await history.tell(anna, blank, water, group, deal)

    async def sectors() -> list[str]:
        rows = await history.report("win-rate", by="sector")
        return [row["sector"] for row in rows if row["won"]]

    await history.tell(merged(blank, water))
    once = await sectors()
    await history.tell(merged(water, group))
    twice = await sectors()
    await history.tell(
        CustomerUnmerged(
            customer_id=blank.customer_id,
            from_id=water.customer_id,
            unmerged_by=None,
            unmerged_at=make.NOW,
        )
    )

    assert (once, twice, await sectors()) == (["水务"], ["环保"], ["(blank)"])
