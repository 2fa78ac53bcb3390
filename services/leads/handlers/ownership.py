"""Following what `opportunities` says about owners and deals."""

from collections.abc import Sequence

from services.leads.domain.ownership import DealHeard, Holding
from services.leads.repository import customer_line, deal, ownership
from shared.contracts.opportunities import CustomerLineAssigned, CustomerLineReleased
from shared.db import Tx


async def follow_ownership(tx: Tx, holdings: Sequence[Holding]) -> None:
    """Leads, customers and contacts are found by their owner and unit from now on."""
    await ownership.save(tx, holdings)
    await ownership.show_on_leads(
        tx, [held.subject_id for held in holdings if held.subject_kind == "lead"]
    )
    await ownership.show_on_customers(
        tx, [held.subject_id for held in holdings if held.subject_kind == "customer"]
    )


async def follow_lines_given(tx: Tx, lines: Sequence[CustomerLineAssigned]) -> None:
    """Customers are found by those who answer for one of their product lines."""
    await customer_line.save(tx, lines)


async def follow_lines_released(tx: Tx, lines: Sequence[CustomerLineReleased]) -> None:
    """They are not found by them any more."""
    await customer_line.remove(tx, lines)


async def follow_deals(tx: Tx, deals: Sequence[DealHeard]) -> None:
    """A lead shows what became of its deal."""
    await deal.save(tx, deals)
    await deal.show_on_leads(tx, [heard.opportunity_id for heard in deals])
