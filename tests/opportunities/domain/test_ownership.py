from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.opportunities.domain.ownership import (
    Owner,
    SubjectClosed,
    assign,
    leave_unassigned,
    put_in_pool,
    take_up_again,
    transfer,
    vacant,
)
from tests.opportunities.domain.owners import ANNA, BEN, EAST, NOW, POOL, ownership, pooled

DAY = timedelta(days=1)
TO_BEN = Owner(person_id=BEN, unit_id=EAST.id)


def test_the_first_owner_is_the_first_event():
    held = vacant("lead", UUID(int=7), unit_id=POOL.unit_id, now=NOW)

    owned, [event] = assign(held, to=TO_BEN, reason="routed", now=NOW)

    assert (owned.owner_id, owned.unit_id, owned.sequence) == (BEN, EAST.id, 1)
    assert (event.ownership_id, event.previous_owner_id) == (held.id, None)


def test_whoever_has_it_already_keeps_it_without_a_word():
    held = ownership(owner_id=BEN)

    assert assign(held, to=TO_BEN, reason="kept", now=NOW) == (held, ())


def test_what_came_back_is_its_owner_s_with_a_new_deadline_and_history_no_more():
    held = replace(ownership(owner_id=BEN, respond_by=NOW - DAY), history=True)

    owned, [event] = take_up_again(held, respond_by=NOW + DAY, now=NOW)

    assert (owned.owner_id, owned.respond_by, owned.history) == (BEN, NOW + DAY, False)
    assert (event.owner_id, event.respond_by, event.reason) == (BEN, NOW + DAY, "kept")
    assert event.previous_owner_id == held.previous_owner_id


def test_what_came_back_to_the_pool_waits_there_without_a_word():
    held = pooled()

    assert take_up_again(held, respond_by=NOW + DAY, now=NOW) == (held, ())


def test_a_transfer_names_who_had_it():
    owned, [event] = transfer(ownership(), to=TO_BEN, respond_by=None, now=NOW)

    assert (owned.previous_owner_id, event.previous_owner_id) == (ANNA, ANNA)
    assert event.reason == "transferred"


def test_a_lead_is_handed_on_from_the_pool_too():
    owned, _ = transfer(pooled(), to=TO_BEN, respond_by=None, now=NOW)

    assert (owned.owner_id, owned.pool_id) == (BEN, None)


def test_what_is_over_stays_with_its_owner():
    with pytest.raises(SubjectClosed):
        transfer(ownership(open=False), to=TO_BEN, respond_by=None, now=NOW)


def test_what_waits_in_the_pool_is_not_put_there_twice():
    held = pooled()

    assert put_in_pool(held, pool_id=POOL.id, unit_id=POOL.unit_id, reason="again", now=NOW) == (
        held,
        (),
    )


def test_the_unassigned_list_is_told_once_for_the_same_reasons():
    held = vacant("lead", UUID(int=7), unit_id=POOL.unit_id, now=NOW)

    listed, [event] = leave_unassigned(
        held, reasons=("team_empty",), receipt_id=UUID(int=9), now=NOW
    )

    assert event.reasons == ("team_empty",)
    assert leave_unassigned(listed, reasons=("team_empty",), receipt_id=UUID(int=10), now=NOW) == (
        listed,
        (),
    )
