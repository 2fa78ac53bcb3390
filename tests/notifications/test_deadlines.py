"""What happens when an owner does not act in time."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from shared import failpoints
from shared.contracts.base import Event
from shared.failpoints import FailpointReached
from tests.notifications import make
from tests.notifications.conftest import Staff
from tests.notifications.desk import Desk
from tests.notifications.make import HOUR, SECOND

LONG = timedelta(days=28)
"""Longer than any holiday: a working day has passed, whenever the tests run."""

REMIND = "remind of overdue follow-ups"


def owed(desk: Desk, staff: Staff, *, within: timedelta = HOUR) -> Event:
    """A lead that Anna has now and must act on within the hour."""
    return make.assigned(staff.anna, uuid4(), assigned_at=desk.now, respond_by=desk.now + within)


async def test_an_owner_is_reminded_when_time_is_up_and_then_their_lead_hears_of_it(
    desk: Desk, staff: Staff
):
    await desk.hear(owed(desk, staff))

    await desk.pass_time(HOUR)
    after_the_deadline = (await desk.kinds(staff.anna), await desk.kinds(staff.chen))
    await desk.pass_time(LONG)

    assert after_the_deadline == (["new_owner", "follow_up_overdue"], [])
    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]
    assert await desk.kinds(staff.chen) == ["follow_up_escalated"]


async def test_the_lead_reads_who_was_late_and_since_when(desk: Desk, staff: Staff):
    await desk.hear(owed(desk, staff))

    await desk.pass_time(LONG)

    (notice,) = await desk.inbox(staff.chen)
    assert "Owner: Anna." in notice["body"]


async def test_after_a_long_stop_both_deadlines_are_still_met_once(desk: Desk, staff: Staff):
    await desk.hear(owed(desk, staff))

    await desk.pass_time(LONG)
    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]
    assert await desk.kinds(staff.chen) == ["follow_up_escalated"]


async def test_an_activity_by_anybody_is_an_answer(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )

    await desk.hear(make.activity(staff.ben, lead_id, done_at=desk.now))
    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner"]
    assert await desk.kinds(staff.chen) == []


async def test_an_activity_that_is_heard_before_its_assignment_is_an_answer(
    desk: Desk, staff: Staff
):
    lead_id = uuid4()
    await desk.hear(
        make.activity(staff.anna, lead_id, done_at=desk.now + 60 * SECOND),
        at=desk.now + 60 * SECOND,
    )

    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )
    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner"]


async def test_an_activity_of_an_earlier_owner_is_no_answer(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(make.activity(staff.ben, lead_id, done_at=desk.now - HOUR))

    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )
    await desk.pass_time(HOUR)

    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]


async def test_an_activity_between_the_deadlines_spares_the_escalation(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )
    await desk.pass_time(HOUR)

    late = desk.now + HOUR
    await desk.hear(make.activity(staff.anna, lead_id, done_at=late), at=late)
    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]
    assert await desk.kinds(staff.chen) == []


async def test_a_lead_that_became_a_customer_is_not_followed_up(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR),
        make.converted(lead_id),
    )

    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner"]


async def test_a_lead_that_went_back_to_the_pool_is_not_followed_up(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )

    await desk.hear(make.pooled(lead_id, unit_id=staff.team.unit_id))
    await desk.pass_time(LONG)

    assert await desk.kinds(staff.anna) == ["new_owner"]


async def test_a_lead_that_is_handed_on_is_followed_up_anew(desk: Desk, staff: Staff):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )
    await desk.pass_time(HOUR)

    second = desk.now + 2 * HOUR
    await desk.hear(
        make.assigned(
            staff.ben,
            lead_id,
            reason="transferred",
            assigned_at=desk.now + HOUR,
            respond_by=second,
        )
    )
    await desk.pass_time(HOUR)

    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]
    assert await desk.kinds(staff.ben) == ["new_owner", "follow_up_overdue"]


async def test_a_lead_that_came_back_is_followed_up_once_more_and_for_its_old_deadline_no_more(
    desk: Desk, staff: Staff
):
    lead_id = uuid4()
    await desk.hear(
        make.assigned(staff.anna, lead_id, assigned_at=desk.now, respond_by=desk.now + HOUR)
    )
    await desk.pass_time(HOUR)

    back = desk.now + HOUR
    await desk.hear(
        make.assigned(staff.anna, lead_id, reason="kept", assigned_at=back, respond_by=back + HOUR)
    )
    before = await desk.kinds(staff.anna)
    await desk.pass_time(HOUR)

    assert before == ["new_owner", "follow_up_overdue"]
    assert await desk.kinds(staff.anna) == [*before, "follow_up_overdue"]


async def test_two_sweeps_at_once_remind_once(desk: Desk, staff: Staff):
    for _ in range(50):
        desk.say(owed(desk, staff, within=SECOND))
    await desk.world.settle()
    async with desk.database.tx() as tx:
        await tx.execute("UPDATE clock SET shift = '1 hour'")

    await asyncio.gather(*(desk.sweep(REMIND) for _ in range(4)))

    reminders = await desk.rows("SELECT id FROM notice WHERE kind = 'follow_up_overdue'")
    assert len(reminders) == 50


async def test_a_sweep_that_dies_before_its_commit_is_as_if_it_had_not_been(
    desk: Desk, staff: Staff
):
    await desk.hear(owed(desk, staff, within=SECOND))
    async with desk.database.tx() as tx:
        await tx.execute("UPDATE clock SET shift = '1 hour'")
    failpoints.plan("timer.before_commit=raise")
    with pytest.raises(FailpointReached):
        await desk.sweep(REMIND)
    failpoints.plan("")

    await desk.sweep(REMIND)

    assert await desk.kinds(staff.anna) == ["new_owner", "follow_up_overdue"]


async def test_a_next_step_whose_day_has_passed_is_asked_for_once(desk: Desk, staff: Staff):
    deal = make.opened(staff.anna, next_step_on=(desk.now + timedelta(days=2)).date())
    await desk.hear(deal)

    await desk.pass_time(timedelta(days=1))
    early = await desk.kinds(staff.anna)
    await desk.pass_time(timedelta(days=4))
    await desk.pass_time(timedelta(days=4))

    assert early == []
    assert await desk.kinds(staff.anna) == ["next_step_overdue"]


async def test_a_next_step_that_an_activity_put_off_is_not_asked_for(desk: Desk, staff: Staff):
    deal = make.opened(staff.anna, next_step_on=(desk.now + timedelta(days=2)).date())
    await desk.hear(deal)

    later = desk.now + timedelta(days=30)
    await desk.hear(
        make.activity(
            staff.anna,
            deal.opportunity_id,
            kind="opportunity",
            done_at=desk.now,
            next_step_on=later.date(),
        ),
        at=desk.now + SECOND,
    )
    await desk.pass_time(timedelta(days=5))

    assert await desk.kinds(staff.anna) == []


async def test_an_older_word_about_the_next_step_does_not_overrule_a_later_one(
    desk: Desk, staff: Staff
):
    deal = make.opened(staff.anna, next_step_on=(desk.now + timedelta(days=2)).date())
    put_off = make.activity(
        staff.anna,
        deal.opportunity_id,
        kind="opportunity",
        done_at=desk.now,
        next_step_on=(desk.now + timedelta(days=30)).date(),
    )

    await desk.hear(put_off, at=desk.now + SECOND)
    await desk.hear(deal, at=desk.now)
    await desk.pass_time(timedelta(days=5))

    assert await desk.kinds(staff.anna) == []


async def test_operators_decide_how_long_whoever_leads_is_spared(desk: Desk, staff: Staff):
    await configure(desk, staff, {"after": "PT10M", "working_time": False})
    await desk.hear(owed(desk, staff))

    await desk.pass_time(HOUR + timedelta(minutes=9))
    early = await desk.kinds(staff.chen)
    await desk.pass_time(timedelta(minutes=1))

    assert (early, await desk.kinds(staff.chen)) == ([], ["follow_up_escalated"])


async def configure(desk: Desk, staff: Staff, body: dict[str, object]) -> None:
    draft = await desk.send(
        "POST", "/configurations/escalation", staff.olga, {"body": body, "why": "to try it"}
    )
    for state in ("checked", "activated"):
        await desk.put(
            f"/configurations/escalation/{draft.json()['version']}/state",
            staff.olga,
            {"state": state},
        )
