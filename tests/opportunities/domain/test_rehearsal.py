from collections.abc import Sequence
from datetime import datetime, time, timedelta
from math import inf
from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain import receipt
from services.opportunities.domain.duty import Absence
from services.opportunities.domain.rehearsal import Past, Play, Rehearsal, Roster, gini, rehearse
from services.opportunities.domain.routing import RuleSets
from services.opportunities.domain.turns import Candidate
from shared.calendar import Calendar
from shared.contracts.opportunities import Shift
from tests.opportunities.domain.owners import (
    ANNA,
    BEN,
    CARA,
    EAST,
    NOW,
    WEST,
    lead,
    rules,
    seller,
)

HOUR = timedelta(hours=1)
TO_WEST = {"name": "west", "to": "West One"}
BY_REGION = {"name": "by region", "to": "by_region"}


def came(*facts: dict[str, Any], every: timedelta = HOUR, is_open: bool = True) -> list[Past]:
    """Leads, one after the other."""
    return [
        Past(at=NOW + number * every, subject=lead(number, **fact), is_open=is_open)
        for number, fact in enumerate(facts)
    ]


def roster(*east: Candidate, west: Sequence[Candidate] = (), **known: Any) -> Roster:
    return Roster(
        people={someone.person_id: someone for someone in (*east, *west)},
        below={
            EAST.id: tuple(someone.person_id for someone in east),
            WEST.id: tuple(someone.person_id for someone in west),
        },
        territories=(EAST, WEST),
        calendars={EAST.id: Calendar(), WEST.id: Calendar()},
        zone="Asia/Shanghai",
        **known,
    )


def owners(past: Sequence[Past], house: Roster, *listed: dict[str, Any]) -> list[UUID | None]:
    play = Play(rules=RuleSets(sets=(rules(*listed or (BY_REGION,)),)), roster=house)
    play.run(past)
    return [play.outcomes[number].owner_id for number in range(len(past))]


def compared(past: Sequence[Past], house: Roster, *tried: dict[str, Any]) -> Rehearsal:
    result, _ = rehearse(
        past, in_force=RuleSets(sets=(rules(),)), tried=rules(*tried, version=2), roster=house
    )
    return result


def test_leads_that_somebody_else_would_have_got_are_told_with_both_receipts():
    house = roster(seller(ANNA), west=[seller(BEN, unit_id=WEST.id)])
    past = came({"industry": "能源"}, {"industry": "汽车"}, {"industry": "能源"})
    energy = {"name": "energy", "when": "industry == '能源'", "to": "West One"}

    result, moves = rehearse(
        past,
        in_force=RuleSets(sets=(rules(),)),
        tried=rules(energy, BY_REGION, version=2),
        roster=house,
    )

    assert (result.leads, result.moved) == (3, 2)
    assert [(move.before_id, move.after_id) for move in moves] == [(ANNA, BEN)] * 2
    assert receipt.read(moves[0].after).owner_id == BEN
    assert receipt.decide_again(receipt.read(moves[0].before), rules()).owner_id == ANNA
    assert [(load.before, load.after) for load in result.people] == [(3, 1), (0, 2)]


def test_the_same_rehearsal_has_the_same_result():
    house = roster(seller(ANNA, daily_cap=2), seller(BEN), seller(CARA, weight=300))
    past = came(*({"grade": "AB"[n % 2]} for n in range(50)))

    one, other = (compared(past, house, TO_WEST, BY_REGION) for _ in range(2))

    assert one == other


def test_rules_that_change_nothing_move_nobody():
    result = compared(came({}, {}), roster(seller(ANNA)), BY_REGION)

    assert (result.moved, result.before.owned, result.after.version) == (0, 2, 2)


def test_why_leads_would_be_nobody_s_is_counted():
    result = compared(came({}, {"region": "海外"}), roster(seller(ANNA)), TO_WEST)

    assert result.before.reasons == {"region_not_served:海外": 1}
    assert result.after.reasons == {"team_empty": 2}


def test_daily_caps_begin_anew_every_day():
    past = came({}, {}, {}, every=timedelta(hours=10))

    assert owners(past, roster(seller(ANNA, daily_cap=1))) == [ANNA, None, ANNA]


def test_a_lead_that_is_over_by_now_left_its_owner_s_hands_the_next_day():
    busy = seller(ANNA, open_cap=1)
    past = came({}, {}, {}, every=timedelta(hours=10))

    assert owners(past, roster(busy)) == [ANNA, None, None]
    over = came({}, {}, {}, every=timedelta(hours=10), is_open=False)
    assert owners(over, roster(busy)) == [ANNA, None, ANNA]


def test_who_was_out_of_office_gets_nothing_while_they_were():
    away = Absence(
        id=UUID(int=1),
        person_id=ANNA,
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=2, hours=12),
        planned_by=ANNA,
    )
    past = came({}, {}, {}, {}, every=timedelta(days=1))

    found = owners(past, roster(seller(ANNA), absences=(away,)))

    assert found == [ANNA, None, None, ANNA]


def test_what_waits_for_working_hours_is_given_when_they_begin():
    night = tuple(Shift(weekday=day, start=time(22), end=time(6)) for day in range(1, 8))
    house = roster(seller(ANNA, daily_cap=1), seller(BEN), shifts={ANNA: night, BEN: night})
    waits = {**BY_REGION, "off_hours": "wait"}

    play = Play(rules=RuleSets(sets=(rules(waits),)), roster=house)
    play.run(came({}, {}))

    assert {outcome.owner_id for outcome in play.outcomes.values()} == {ANNA, BEN}
    assert {outcome.way for outcome in play.outcomes.values()} == {"rule"}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        pytest.param([5, 5, 5, 5], 0.0, id="all the same"),
        pytest.param([0, 0, 0, 8], 0.75, id="one has all of it"),
        pytest.param([1, 3], 0.25, id="three times as much"),
        pytest.param([0, 0], None, id="nothing to share"),
    ],
)
def test_unevenness_is_gini_s(shares: list[float], expected: float | None):
    assert gini(shares) == expected


def test_good_leads_are_counted_apart_and_beside_the_weights():
    house = roster(seller(ANNA, weight=3000), seller(BEN))
    past = came(*({"grade": "A"} for _ in range(4)), *({"grade": "C"} for _ in range(4)))

    result = compared(past, house, BY_REGION)

    assert [(load.good_after, load.after) for load in result.people] == [(3, 6), (1, 2)]
    assert result.after.gini == 0.0


def test_responses_to_be_expected_in_time_follow_who_would_have_to_give_them():
    responses = {ANNA: (10.0, inf), BEN: (*[10.0] * 9, 1000.0)}
    house = roster(seller(ANNA), west=[seller(BEN, unit_id=WEST.id)], responses=responses)

    result = compared(came({}, {}), house, TO_WEST)

    assert (result.before.in_time, result.after.in_time) == (0.5, 0.9)


def test_responses_to_be_expected_in_time_follow_the_time_that_rules_give():
    house = roster(seller(ANNA), responses={ANNA: (10.0, 30.0, 50.0, 300.0)})

    result = compared(came({}), house, {**BY_REGION, "respond_within_minutes": 30})

    assert (result.before.in_time, result.after.in_time) == (0.75, 0.5)


def test_the_digest_tells_runs_apart():
    house = roster(seller(ANNA), west=[seller(BEN, unit_id=WEST.id)])

    same, other = compared(came({}), house, BY_REGION), compared(came({}), house, TO_WEST)

    assert same.digest != other.digest


def test_leads_come_in_their_order_whatever_the_hour():
    past = [
        Past(at=datetime.fromisoformat(at), subject=lead(number), is_open=True)
        for number, at in enumerate(["2026-03-10T15:59:00Z", "2026-03-10T16:01:00Z"])
    ]

    assert owners(past, roster(seller(ANNA, daily_cap=1))) == [ANNA, ANNA]
