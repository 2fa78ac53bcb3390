"""What `opportunities` says about owners and deals: late, twice, and of the unknown."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from shared.contracts.base import Event
from shared.contracts.opportunities import (
    OwnershipPooled,
    OwnershipUnassigned,
)
from shared.ids import external_id, ownership_id
from tests.leads import make
from tests.leads.make import NOW
from tests.leads.office import Office

POOL = uuid4()


async def test_a_pooled_lead_has_no_owner(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    await office.hear(
        OwnershipPooled(
            ownership_id=ownership_id("lead", lead_id),
            subject_kind="lead",
            subject_id=lead_id,
            pool_id=POOL,
            unit_id=office.first.unit_id,
            reason="returned",
            pooled_at=NOW,
        )
    )

    lead = await office.chen.lead(lead_id)
    assert (lead["owner_id"], lead["pool_id"]) == (None, str(POOL))


async def test_an_unassigned_lead_is_its_unit_s(office: Office):
    lead_id = await office.olga.captured(company_name="Acme")

    await office.hear(
        OwnershipUnassigned(
            ownership_id=ownership_id("lead", lead_id),
            subject_kind="lead",
            subject_id=lead_id,
            unit_id=office.second.unit_id,
            reasons=("nobody_free",),
            unassigned_at=NOW,
        )
    )

    assert (await office.olga.lead(lead_id))["unit_id"] == str(office.second.unit_id)


async def test_an_owner_heard_of_before_the_lead_is_not_forgotten(office: Office):
    lead_id = external_id("lead", "crm", "7")
    await office.hear(make.assigned(lead_id, owner_id=office.anna.id, unit_id=office.first.unit_id))

    await office.olga.captured(name="李雷", external={"system": "crm", "id": "7"})

    assert (await office.anna.lead(lead_id))["owner_id"] == str(office.anna.id)


@pytest.mark.parametrize(
    ("ending", "outcome"), [([make.won], "won"), ([make.lost], "lost"), ([], "converted")]
)
async def test_a_lead_shows_what_became_of_its_deal(
    office: Office, ending: list[Callable[[UUID], Event]], outcome: str
):
    lead_id, deal_id = await office.anna.captured(company_name="Acme"), uuid4()

    await office.hear(make.opened(deal_id, lead_id=lead_id), *(end(deal_id) for end in ending))

    lead = await office.anna.lead(lead_id)
    assert (lead["outcome"], lead["opportunity_id"]) == (outcome, str(deal_id))


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([make.won(uuid4())], id="a deal nobody opened"),
        pytest.param([make.opened(uuid4(), lead_id=uuid4())], id="a lead nobody captured"),
        pytest.param([make.opened(uuid4(), lead_id=None)], id="a deal that came of no lead"),
        pytest.param(
            [make.assigned(uuid4(), owner_id=uuid4(), unit_id=make.UNIT, kind="opportunity")],
            id="the owner of a deal",
        ),
    ],
)
async def test_what_is_not_known_here_is_never_refused(office: Office, events: list[Event]):
    await office.hear(*events)

    assert await office.rows("SELECT reason FROM parked") == []


async def test_hearing_it_all_again_changes_nothing(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    for owner in (office.ben, office.anna):
        await office.hear(make.assigned(lead_id, owner_id=owner.id, unit_id=office.first.unit_id))

    office.world.replay()
    await office.world.settle()

    assert (await office.anna.lead(lead_id))["owner_id"] == str(office.anna.id)
