"""Records that turned out to be others, and that are their own again."""

from collections.abc import Sequence

from services.opportunities.repository import copies
from services.opportunities.repository import merged as repository
from shared.consumer import Heard
from shared.contracts.leads import CustomerMerged, CustomerUnmerged, LeadMerged, LeadUnmerged
from shared.db import Tx


async def note_leads_merged(tx: Tx, batch: Sequence[Heard[LeadMerged]]) -> None:
    """Nothing is left to do about these leads; whoever holds them has room again."""
    await copies.save_closed(tx, [heard.event.lead_id for heard in batch])


async def note_leads_unmerged(tx: Tx, batch: Sequence[Heard[LeadUnmerged]]) -> None:
    """Leads are with those who had them before, if there is still something to do."""
    alive = [h.event.lead_id for h in batch if h.event.state in ("open", "qualified")]
    await repository.reopen_leads(tx, alive)


async def note_customers_merged(tx: Tx, batch: Sequence[Heard[CustomerMerged]]) -> None:
    """Customers redirect to those that go on for them, and so does the work on them."""
    redirects = {heard.event.customer_id: heard.event.into_id for heard in batch}
    await repository.redirect_customers(tx, redirects)
    await repository.show_as_closed(tx, redirects)


async def note_customers_unmerged(tx: Tx, batch: Sequence[Heard[CustomerUnmerged]]) -> None:
    """Customers are their own again, with their owners, deals and work."""
    apart = {heard.event.customer_id: None for heard in batch}
    await repository.redirect_customers(tx, apart)
    await repository.show_as_closed(tx, apart)
