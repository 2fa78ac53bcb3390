"""Who finds what in their inbox when something happens."""

from uuid import uuid4

from shared.contracts.leads import LeadReopened, LeadTouchDue, LearnedScoreDrifted
from shared.contracts.opportunities import (
    CollisionOpened,
    HandOverCompleted,
    OwnershipRecycleWarned,
    Received,
)
from tests.notifications import make
from tests.notifications.conftest import Staff
from tests.notifications.desk import Desk
from tests.notifications.make import HOUR


async def test_a_new_owner_finds_a_notice_in_their_language(desk: Desk, staff: Staff):
    lead = make.lead("远东轴承")

    await desk.hear(lead, make.assigned(staff.anna, lead.lead_id))

    (notice,) = await desk.inbox(staff.anna)
    assert notice["title"] == "新线索归你跟进：远东轴承"
    assert await desk.inbox(staff.ben) == []


async def test_a_company_name_that_comes_late_is_in_the_notice_all_the_same(
    desk: Desk, staff: Staff
):
    lead = make.lead("远东轴承")
    await desk.hear(make.assigned(staff.anna, lead.lead_id))

    await desk.hear(lead)

    (notice,) = await desk.inbox(staff.anna)
    assert "远东轴承" in notice["title"]


async def test_hearing_everything_again_tells_nobody_anything(desk: Desk, staff: Staff):
    lead = make.lead()
    await desk.hear(lead, make.assigned(staff.anna, lead.lead_id))

    desk.world.replay()
    await desk.world.settle()

    assert len(await desk.inbox(staff.anna)) == 1


async def test_a_position_that_was_lost_tells_nobody_anything_twice(desk: Desk, staff: Staff):
    lead = make.lead()
    await desk.hear(lead, make.assigned(staff.anna, lead.lead_id))
    async with desk.database.tx() as tx:
        await tx.execute("DELETE FROM heard")
        await tx.execute("DELETE FROM consumer_offset")

    desk.world.replay()
    await desk.world.settle()

    assert len(await desk.inbox(staff.anna)) == 1


async def test_an_owner_the_directory_does_not_know_yet_is_told_all_the_same(
    desk: Desk, staff: Staff
):
    newcomer = make.person("Dana", unit_id=staff.team.unit_id, language="en")
    lead = make.lead("Acme")
    await desk.hear(lead, make.assigned(newcomer, lead.lead_id))

    await desk.hear(newcomer)

    (notice,) = await desk.inbox(newcomer)
    assert notice["title"] == "You have a new lead: Acme"


async def test_somebody_who_has_left_is_not_told(desk: Desk, staff: Staff):
    gone = staff.ben.model_copy(update={"active": False})
    await desk.hear(gone, make.assigned(staff.ben, uuid4()))

    assert await desk.rows("SELECT id FROM notice") == []


async def test_a_won_deal_is_news_for_whoever_leads_its_owner(desk: Desk, staff: Staff):
    deal = make.opened(staff.anna)
    await desk.hear(deal, make.assigned(staff.anna, deal.opportunity_id, kind="opportunity"))

    await desk.hear(make.won(deal, by=staff.anna))

    (notice,) = await desk.inbox(staff.chen)
    assert notice["kind"] == "deal_won"
    assert "Amount: 1,200,000.00 CNY. Owner: Anna." in notice["body"]


async def test_a_deal_that_was_handed_on_is_won_by_its_owner_of_today(desk: Desk, staff: Staff):
    deal = make.opened(staff.anna)
    handed_on = make.assigned(
        staff.ben, deal.opportunity_id, kind="opportunity", reason="transferred"
    )
    await desk.hear(deal, handed_on)

    await desk.hear(make.won(deal, by=staff.ben))

    (notice,) = await desk.inbox(staff.chen)
    assert "Owner: Ben." in notice["body"]


async def test_a_lead_nobody_was_given_is_news_for_those_who_oversee(desk: Desk, staff: Staff):
    lead = make.lead("远东轴承")

    await desk.hear(lead, make.unassigned(lead.lead_id, unit_id=staff.team.unit_id))

    (notice,) = await desk.inbox(staff.olga)
    assert notice["title"] == "线索无人负责：远东轴承"
    assert "no_rule_matched" in notice["body"]


async def test_what_happens_in_a_unit_nobody_knows_yet_is_told_when_it_is_known(
    desk: Desk, staff: Staff
):
    unit = make.unit("华南一队", parent_id=staff.team.unit_id)
    await desk.hear(make.unassigned(uuid4(), unit_id=unit.unit_id))
    before = await desk.kinds(staff.olga)

    await desk.hear(unit)
    await desk.pass_time(HOUR)

    assert before == []
    assert await desk.kinds(staff.olga) == ["lead_unassigned"]
    assert await desk.rows("SELECT cause_id FROM unplaced_cause") == []


async def test_a_thousand_assignments_in_one_batch_are_a_thousand_notices_in_order(
    desk: Desk, staff: Staff
):
    for _ in range(500):
        desk.say(make.assigned(staff.anna, uuid4()))
        desk.say(make.assigned(staff.ben, uuid4()))

    await desk.world.settle(batch=1000)

    positions = await desk.rows(
        "SELECT recipient_id, array_agg(position ORDER BY position) AS all FROM notice GROUP BY 1"
    )
    assert [row["all"] for row in positions] == [list(range(1, 501))] * 2


async def test_placing_and_reading_are_announced_in_order(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    (notice,) = await desk.inbox(staff.anna)

    await desk.put(f"/inbox/{notice['id']}/read", staff.anna)
    await desk.put(f"/inbox/{notice['id']}/read", staff.anna)
    await desk.world.settle()

    said = desk.world.log.events("notification.placed.v1", "notification.read.v1")
    assert [(event.type, event.sequence) for event in said] == [
        ("notification.placed.v1", 1),
        ("notification.read.v1", 2),
    ]


async def test_the_owner_of_a_lead_that_is_not_ready_is_told_when_a_touch_is_due(
    desk: Desk, staff: Staff
):
    lead = make.lead("远东轴承")
    due = LeadTouchDue(
        lead_id=lead.lead_id,
        plan="keep warm",
        step=1,
        by="call",
        owner_id=staff.anna.person_id,
        unit_id=staff.team.unit_id,
        due_at=make.NOW,
    )

    await desk.hear(lead, due, due.model_copy(update={"owner_id": None}))

    (notice,) = await desk.inbox(staff.anna)
    assert (notice["kind"], notice["title"]) == ("touch_due", "该联系了：远东轴承")


async def test_the_owner_of_a_lead_that_came_back_is_told_how_it_had_ended(
    desk: Desk, staff: Staff
):
    lead = make.lead("远东轴承")
    back = LeadReopened(
        lead_id=lead.lead_id,
        reason="acted_again",
        ended_as="disqualified",
        ended_for="no_budget",
        reopened_by=None,
        reopened_at=make.NOW,
    )
    await desk.hear(lead, make.assigned(staff.anna, lead.lead_id))

    await desk.hear(back, back.model_copy(update={"reopened_by": staff.anna.person_id}))

    (notice, _) = await desk.inbox(staff.anna)
    assert notice["kind"] == "lead_returned"
    assert "no_budget" in notice["body"]


async def test_operators_hear_that_a_learned_score_does_not_fit_any_more(desk: Desk, staff: Staff):
    drifted = LearnedScoreDrifted(
        learned_score_id=uuid4(), version=3, leads=500, beyond=("source",), measured_at=make.NOW
    )

    await desk.hear(drifted)

    (notice,) = await desk.inbox(staff.olga)
    assert (notice["kind"], notice["subject_kind"]) == ("score_drifted", "learned_score")
    assert "source" in notice["body"]
    assert await desk.inbox(staff.anna) == []


async def test_who_takes_over_much_is_told_once_how_much(desk: Desk, staff: Staff):
    hand_over_id = uuid4()
    leads = [make.lead() for _ in range(3)]
    for lead in leads:
        taken = make.assigned(staff.anna, lead.lead_id)
        await desk.hear(lead, taken.model_copy(update={"hand_over_id": hand_over_id}))

    await desk.hear(
        HandOverCompleted(
            hand_over_id=hand_over_id,
            from_person_id=staff.ben.person_id,
            received=(Received(person_id=staff.anna.person_id, leads=3, customers=1),),
            asked_by=staff.chen.person_id,
            completed_at=desk.now,
        )
    )

    (notice,) = await desk.inbox(staff.anna)
    assert notice["kind"] == "work_handed_over"
    assert "线索（3）" in notice["body"]
    assert staff.ben.name in notice["title"]


async def test_an_owner_is_warned_before_something_goes_back_to_the_pool(desk: Desk, staff: Staff):
    lead = make.lead("远东轴承")
    await desk.hear(lead)

    await desk.hear(
        OwnershipRecycleWarned(
            ownership_id=uuid4(),
            subject_kind="lead",
            subject_id=lead.lead_id,
            owner_id=staff.anna.person_id,
            unit_id=staff.team.unit_id,
            pool_id=uuid4(),
            recycled_at=desk.now + 48 * HOUR,
            warned_at=desk.now,
        )
    )

    (notice,) = await desk.inbox(staff.anna)
    assert notice["title"] == "线索即将回收到公海：远东轴承"


async def test_who_leads_either_side_hears_that_two_deals_meet(desk: Desk, staff: Staff):
    await desk.hear(
        CollisionOpened(
            collision_id=uuid4(),
            opportunity_id=uuid4(),
            other_kind="opportunity",
            other_id=uuid4(),
            customer_id=uuid4(),
            product_line="GTX",
            unit_id=staff.team.unit_id,
            other_unit_id=staff.team.unit_id,
            opened_at=desk.now,
        )
    )

    (notice,) = await desk.inbox(staff.chen)
    assert notice["kind"] == "deal_collided"
    assert await desk.inbox(staff.anna) == []
