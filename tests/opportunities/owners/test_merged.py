"""A lead that turned out to be another one is nobody's work, until it is its own again."""

from uuid import uuid4

from shared.contracts.leads import LeadMerged, LeadUnmerged
from tests.opportunities.owners.house import House, captured
from tests.opportunities.owners.test_assignment import NOW, two_sellers

OPEN = "SELECT open FROM ownership WHERE subject_kind = 'lead' UNION ALL SELECT open FROM lead_copy"


async def test_a_merged_lead_is_open_again_with_its_owner_once_it_is_unmerged(house: House):
    await two_sellers(house)
    lead, other_id = captured(), uuid4()
    await house.hear(lead)
    owner = await house.owner_of(lead)

    await house.hear(
        LeadMerged(lead_id=lead.lead_id, into_id=other_id, merged_by=None, merged_at=NOW),
        sequence=2,
    )
    merged = {row["open"] for row in await house.rows(OPEN)}
    await house.hear(
        LeadUnmerged(
            lead_id=lead.lead_id, from_id=other_id, state="open", unmerged_by=None, unmerged_at=NOW
        ),
        sequence=3,
    )

    assert merged == {False}
    assert {row["open"] for row in await house.rows(OPEN)} == {True}
    assert await house.owner_of(lead) == owner


async def test_a_lead_that_was_given_up_before_stays_given_up(house: House):
    await two_sellers(house)
    lead = captured()
    await house.hear(lead)
    await house.hear(
        LeadMerged(lead_id=lead.lead_id, into_id=uuid4(), merged_by=None, merged_at=NOW), sequence=2
    )

    await house.hear(
        LeadUnmerged(
            lead_id=lead.lead_id,
            from_id=uuid4(),
            state="disqualified",
            unmerged_by=None,
            unmerged_at=NOW,
        ),
        sequence=3,
    )

    assert {row["open"] for row in await house.rows(OPEN)} == {False}
