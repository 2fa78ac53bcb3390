"""A lead that turned out to be another one is not counted beside it."""

from shared.contracts.leads import LeadMerged, LeadUnmerged
from tests.analytics import make
from tests.analytics.history import History


async def test_a_merged_lead_is_counted_once_and_again_when_it_is_its_own(history: History) -> None:
    first, second = make.lead(), make.lead()
    merged = LeadMerged(
        lead_id=second.lead_id, into_id=first.lead_id, merged_by=None, merged_at=make.NOW
    )
    unmerged = LeadUnmerged(
        lead_id=second.lead_id,
        from_id=first.lead_id,
        state="open",
        unmerged_by=None,
        unmerged_at=make.NOW,
    )

    await history.tell(first, second, merged)
    [together] = await history.report("source-conversion")
    await history.tell(unmerged)
    [apart] = await history.report("source-conversion")

    assert (together["leads"], apart["leads"]) == (1, 2)
