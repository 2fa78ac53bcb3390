import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.opportunities.domain import receipt, routing
from services.opportunities.domain.ownership import vacant
from services.opportunities.domain.receipt import ReceiptDisagrees
from services.opportunities.domain.turns import Desk
from shared.contracts.opportunities import (
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
)
from tests.opportunities.domain.owners import (
    ANNA,
    BEN,
    CARA,
    EAST,
    NOW,
    POOL,
    choose_all,
    lead,
    rules,
    seller,
)


def test_leads_of_a_region_go_to_the_sellers_of_the_unit_that_serves_it():
    [choice] = choose_all([lead(region="西北")], [seller(ANNA)])

    assert (choice.way, choice.owner_id) == ("rule", ANNA)
    assert choice.trials[0].unit_ids == (UUID(int=11),)


def test_equal_colleagues_take_turns():
    choices = choose_all([lead(n) for n in range(6)], [seller(ANNA), seller(BEN), seller(CARA)])

    assert [choice.owner_id for choice in choices] == [ANNA, BEN, CARA, ANNA, BEN, CARA]


def test_a_tie_goes_to_the_smallest_id_and_says_who_else_was_owed_as_much():
    [choice] = choose_all([lead()], [seller(CARA), seller(BEN)])

    assert choice.owner_id == BEN
    assert choice.trials[0].tied == (CARA,)


def test_shares_follow_the_weights_and_are_spread_evenly():
    sellers = [seller(ANNA, weight=3000), seller(BEN, weight=1000)]

    choices = choose_all([lead(n) for n in range(8)], sellers)

    assert [choice.owner_id for choice in choices] == [ANNA, ANNA, BEN, ANNA] * 2


def test_fractions_are_carried_from_one_batch_to_the_next():
    sellers = [seller(ANNA, weight=1500), seller(BEN, weight=1000)]
    desk = Desk()

    in_batches = [
        choice.owner_id
        for batch in range(5)
        for choice in choose_all([lead(batch * 2), lead(batch * 2 + 1)], sellers, desk=desk)
    ]

    assert in_batches == [c.owner_id for c in choose_all([lead(n) for n in range(10)], sellers)]
    assert Counter(in_batches) == {ANNA: 6, BEN: 4}


@given(weights=st.lists(st.integers(1, 5000), min_size=1, max_size=6), count=st.integers(1, 120))
def test_nobody_is_ever_a_whole_turn_away_from_their_share(weights: list[int], count: int):
    sellers = [seller(UUID(int=n), weight=weight) for n, weight in enumerate(weights, start=1)]

    choices = choose_all([lead(n) for n in range(count)], sellers)

    given_to = Counter(choice.owner_id for choice in choices)
    for someone in sellers:
        share = count * someone.weight / sum(weights)
        assert abs(given_to[someone.person_id] - share) < len(sellers)


@pytest.mark.parametrize(
    ("someone", "reason"),
    [
        pytest.param({"active": False}, "inactive", id="left"),
        pytest.param({"industries": ("能源",)}, "wrong_industry", id="serves another industry"),
        pytest.param({"products": ("GTX",)}, "wrong_product", id="sells another product"),
        pytest.param({"skills": ("德语",)}, "missing_skill", id="lacks a skill"),
        pytest.param({"languages": ("en",)}, "missing_language", id="does not speak it"),
        pytest.param({"level": 1}, "level_too_low", id="is not senior enough"),
        pytest.param({"weight": 0}, "no_weight", id="takes no share"),
        pytest.param({"daily_cap": 2}, "daily_cap_reached", id="had enough today"),
        pytest.param({"open_cap": 7}, "open_cap_reached", id="has the hands full"),
    ],
)
def test_who_cannot_take_it_is_left_out_with_the_reason(someone: dict[str, Any], reason: str):
    asked = {"skills": ("英语",), "languages": ("ja",), "level": 2}
    by = rules({"name": "skilled", "to": "by_region", **asked})
    able = seller(BEN, **asked, weight=1)
    out = seller(ANNA, **{**asked, **someone})
    desk = Desk(taken={ANNA: 2}, held={ANNA: 7})

    subject = lead(industry="汽车", product="MG")
    [choice] = choose_all([subject], [out, able], by=by, desk=desk)

    assert choice.owner_id == BEN
    assert choice.trials[0].excluded == {ANNA: reason}


def test_one_in_thirty_still_gets_a_share():
    sellers = [seller(ANNA, weight=1000), seller(BEN, weight=29_000)]

    choices = choose_all([lead(n) for n in range(60)], sellers)

    assert Counter(choice.owner_id for choice in choices) == {ANNA: 2, BEN: 58}


def test_whoever_has_least_in_hand_for_their_weight_is_next():
    by = rules({"name": "even", "to": "by_region", "strategy": "least_loaded"})
    sellers = [seller(ANNA, weight=2000), seller(BEN), seller(CARA)]
    desk = Desk(held={ANNA: 6, BEN: 2, CARA: 5})

    choices = choose_all([lead(n) for n in range(3)], sellers, by=by, desk=desk)

    assert [choice.owner_id for choice in choices] == [BEN, ANNA, BEN]
    assert choices[1].trials[0].tied == ()
    assert choices[1].trials[0].ranks == {ANNA: -3_000_000, BEN: -3_000_000, CARA: -5_000_000}


def test_of_those_who_have_equally_little_the_one_whose_turn_it_is_comes_first():
    by = rules({"name": "even", "to": "by_region", "strategy": "least_loaded"})
    sellers = [seller(ANNA), seller(BEN)]

    choices = choose_all([lead(n) for n in range(4)], sellers, by=by)

    assert Counter(choice.owner_id for choice in choices) == {ANNA: 2, BEN: 2}


@pytest.mark.parametrize(
    ("results", "best"),
    [
        pytest.param({ANNA: (40, 100), BEN: (60, 100)}, BEN, id="more wins"),
        pytest.param(
            {ANNA: (1, 1), BEN: (60, 100), CARA: (20, 100)}, BEN, id="one lucky win says little"
        ),
        pytest.param(
            {ANNA: (0, 0), BEN: (10, 100), CARA: (10, 100)}, ANNA, id="nothing is no failure"
        ),
    ],
)
def test_the_best_fit_is_told_by_wins_shrunk_towards_the_team(
    results: dict[UUID, tuple[int, int]], best: UUID
):
    by = rules({"name": "fit", "to": "by_region", "strategy": "best_fit"})
    team = [seller(person_id) for person_id in results]

    [choice] = choose_all([lead()], team, by=by, desk=Desk(results=results))

    assert choice.owner_id == best


def test_a_specialist_fits_better_than_somebody_for_everything():
    by = rules({"name": "fit", "to": "by_region", "strategy": "best_fit"})
    sellers = [seller(ANNA), seller(BEN, industries=("能源",), products=("GTX",))]

    [choice] = choose_all([lead(industry="能源", product="GTX")], sellers, by=by)

    assert choice.owner_id == BEN


@pytest.mark.parametrize("strategy", ["least_loaded", "best_fit"])
def test_every_strategy_leaves_a_receipt_that_decides_the_same_again(strategy: str):
    by = rules({"name": "any", "to": "by_region", "strategy": strategy})
    desk = Desk(held={ANNA: 3, BEN: 1}, results={ANNA: (9, 10), BEN: (2, 30)})

    for choice in choose_all(
        [lead(n) for n in range(5)], [seller(ANNA), seller(BEN)], by=by, desk=desk
    ):
        [kept] = receipt.write_all([choice])
        again = receipt.decide_again(receipt.read(json.loads(json.dumps(kept))), by)
        assert again == choice


def test_a_cap_that_fills_up_within_a_batch_counts_at_once():
    sellers = [seller(ANNA, daily_cap=1, weight=9000), seller(BEN)]

    choices = choose_all([lead(n) for n in range(3)], sellers)

    assert [choice.owner_id for choice in choices] == [ANNA, BEN, BEN]


def test_the_first_rule_that_finds_somebody_decides():
    by = rules(
        {"name": "energy", "when": "industry == '能源'", "to": "West One"},
        {"name": "great", "when": "score >= 80.0", "to": "Key Accounts"},
        {"name": "by region", "to": "by_region"},
    )

    [choice] = choose_all([lead(score=90.0)], [seller(ANNA)], by=by)

    assert [trial.rule for trial in choice.trials] == ["by region"]
    assert choice.reasons == ("unit_unknown:Key Accounts",)


def test_the_seller_who_found_it_keeps_it_whatever_the_rules_say():
    [choice] = choose_all(
        [lead(wanted_owner_id=CARA)], [seller(ANNA)], named=[seller(CARA, open_cap=0)]
    )

    assert (choice.way, choice.owner_id, choice.trials) == ("wanted", CARA, ())


def test_the_owner_of_the_customer_comes_before_the_rules():
    [choice] = choose_all([lead(existing_owner_id=BEN)], [seller(ANNA)], named=[seller(BEN)])

    assert (choice.way, choice.owner_id) == ("existing_owner", BEN)


def test_an_owner_who_has_left_is_noted_and_passed_over():
    gone = seller(CARA, active=False)

    [choice] = choose_all([lead(wanted_owner_id=CARA)], [seller(ANNA)], named=[gone])

    assert (choice.owner_id, choice.reasons) == (ANNA, ("wanted_unavailable",))


@pytest.mark.parametrize(
    ("otherwise", "way"),
    [
        pytest.param({}, "pool", id="the pool unless said otherwise"),
        pytest.param({"to_pool": False}, "unassigned", id="the unassigned list"),
        pytest.param({"fallback_owner_id": str(CARA)}, "fallback", id="a fallback owner"),
    ],
)
def test_what_nobody_can_take_goes_where_policy_says(otherwise: dict[str, Any], way: str):
    by = rules(otherwise=otherwise)

    [choice] = choose_all([lead(region="海外")], by=by, named=[seller(CARA)])

    assert (choice.way, choice.reasons) == (way, ("region_not_served:海外",))


@pytest.mark.parametrize(
    ("way", "event"),
    [
        ({"region": "华东"}, OwnershipAssigned),
        ({"region": "海外"}, OwnershipPooled),
        ({"region": "海外", "kind": "customer"}, OwnershipUnassigned),
    ],
    ids=["a seller", "the pool", "customers never wait in the pool of leads"],
)
def test_a_choice_becomes_one_event(way: dict[str, Any], event: type):
    [choice] = choose_all([lead(**way)], [seller(ANNA)])
    held = vacant(choice.subject.kind, choice.subject.subject_id, unit_id=EAST.id, now=NOW)

    after, events = routing.settle(
        choice,
        held,
        pool=POOL,
        respond_by=NOW + timedelta(hours=4),
        pass_on_at=None,
        receipt_id=UUID(int=5),
        now=NOW,
    )

    assert [type(said) for said in events] == [event]
    assert after.sequence == 1


def test_a_receipt_leads_to_the_same_owner_again():
    by = rules(
        {"name": "energy", "when": "industry == '能源'", "to": "by_region", "skills": ["德语"]},
        {"name": "by region", "to": "by_region"},
        otherwise={"fallback_owner_id": str(CARA)},
    )
    sellers = [
        seller(ANNA, weight=1700, daily_cap=3),
        seller(BEN, industries=("能源",), open_cap=4),
    ]
    subjects = [lead(n, industry=("能源", "汽车", "")[n % 3]) for n in range(12)]
    subjects += [lead(12, wanted_owner_id=BEN), lead(13, region="海外")]

    choices = choose_all(subjects, sellers, by=by, named=[seller(CARA), seller(BEN)])

    for choice in choices:
        kept = receipt.read(receipt.write_all([choice])[0])
        assert kept == choice
        again = receipt.decide_again(kept, by)
        assert (again.way, again.owner_id, again.trials) == (
            choice.way,
            choice.owner_id,
            choice.trials,
        )


def test_a_receipt_that_does_not_fit_its_rules_is_found_out():
    [choice] = choose_all([lead()], [seller(ANNA)])
    others = rules({"name": "by region", "when": "score > 50.0", "to": "by_region"})

    with pytest.raises(ReceiptDisagrees):
        receipt.decide_again(choice, others)


def test_a_receipt_shows_every_candidate_with_what_they_were_owed_before_and_after():
    choices = choose_all([lead(1), lead(2)], [seller(ANNA), seller(BEN, daily_cap=1)])

    [trial] = receipt.write_all(choices)[1]["trials"]

    assert trial == {
        "rule": "by region",
        "unit_ids": [str(EAST.id)],
        "candidates": [
            {"person_id": str(ANNA), "unit_id": str(EAST.id)},
            {"person_id": str(BEN), "unit_id": str(EAST.id), "daily_cap": 1},
        ],
        "before": (-1000, 1000),
        "after": (0, 0),
        "loads": {str(BEN): [0, 0, 0, 0]},
        "chosen": str(BEN),
    }


def test_who_leaves_a_team_and_comes_back_is_owed_what_they_were_owed():
    desk = Desk()
    choose_all([lead(1)], [seller(ANNA), seller(BEN)], desk=desk)
    away = Desk(deficits=desk.owed())

    choose_all([lead(2)], [seller(ANNA)], desk=away)

    [owed] = away.owed().values()
    assert owed == {ANNA: -1000, BEN: 1000}


MORNING = NOW + timedelta(hours=7)


def test_who_is_out_of_office_is_passed_over():
    [choice] = choose_all([lead()], [seller(ANNA, absent_until=MORNING), seller(BEN)])

    assert choice.owner_id == BEN
    assert choice.trials[0].excluded == {ANNA: "absent"}


def test_what_is_meant_for_somebody_by_name_goes_to_their_stand_in_or_to_theirs():
    away = seller(ANNA, absent_until=MORNING, stand_in_id=BEN)
    away_too = seller(BEN, absent_until=MORNING, stand_in_id=CARA)

    [choice] = choose_all([lead(existing_owner_id=ANNA)], named=[away, away_too, seller(CARA)])

    assert (choice.way, choice.owner_id) == ("existing_owner", CARA)
    assert choice.reasons == ("existing_owner_absent",)


def test_stand_ins_that_stand_in_for_each_other_are_passed_over():
    away = seller(ANNA, absent_until=MORNING, stand_in_id=BEN)
    away_too = seller(BEN, absent_until=MORNING, stand_in_id=ANNA)

    [choice] = choose_all([lead(existing_owner_id=ANNA)], [seller(CARA)], named=[away, away_too])

    assert (choice.way, choice.owner_id) == ("rule", CARA)
    assert choice.reasons == ("existing_owner_unavailable",)


def test_a_stand_in_who_has_let_it_pass_is_not_asked_again():
    away = seller(ANNA, absent_until=MORNING, stand_in_id=BEN)

    [choice] = choose_all(
        [lead(existing_owner_id=ANNA, passed={BEN: "timed_out"})],
        [seller(CARA)],
        named=[away, seller(BEN)],
    )

    assert (choice.way, choice.owner_id) == ("rule", CARA)


def test_a_seller_s_own_find_is_theirs_also_when_they_are_out_of_office():
    away = seller(ANNA, absent_until=MORNING, stand_in_id=BEN)

    [choice] = choose_all([lead(wanted_owner_id=ANNA)], named=[away, seller(BEN)])

    assert (choice.way, choice.owner_id) == ("wanted", ANNA)


@pytest.mark.parametrize(
    ("off_hours", "way", "owner", "reasons"),
    [
        pytest.param("assign", "rule", ANNA, (), id="they get it all the same"),
        pytest.param("pass_on", "rule", CARA, ("off_duty",), id="the next rule is tried"),
        pytest.param(
            "wait", "unassigned", None, (routing.WAITS, "off_duty"), id="it waits for the morning"
        ),
    ],
)
def test_when_nobody_is_at_work_the_rule_says_what_happens(
    off_hours: str, way: str, owner: UUID | None, reasons: tuple[str, ...]
):
    by = rules(
        {"name": "able", "to": "by_region", "skills": ("德语",), "off_hours": off_hours},
        {"name": "anybody", "to": "by_region"},
    )
    sellers = [
        seller(ANNA, skills=("德语",), off_until=MORNING),
        seller(CARA, weight=9000),
    ]

    [choice] = choose_all([lead()], sellers, by=by)

    assert (choice.way, choice.owner_id) == (way, owner)
    assert [reason for reason in choice.reasons if reason != "missing_skill"] == list(reasons)


def test_what_waits_is_tried_again_when_the_first_of_them_comes_to_work():
    by = rules({"name": "waiting", "to": "by_region", "off_hours": "wait"})
    sellers = [seller(ANNA, off_until=MORNING), seller(BEN, off_until=MORNING + timedelta(hours=1))]

    [choice] = choose_all([lead()], sellers, by=by)

    tomorrow = NOW + timedelta(days=1)
    assert routing.try_again_at(choice, tomorrow=tomorrow, now=NOW) == MORNING


@pytest.mark.parametrize(
    ("someone", "when"),
    [
        pytest.param({"daily_cap": 0}, timedelta(days=1), id="a new day"),
        pytest.param({"open_cap": 0}, routing.COUNT_AGAIN, id="something may be closed soon"),
        pytest.param({"active": False}, None, id="only a change can help"),
    ],
)
def test_what_nobody_can_take_is_tried_again_when_that_may_have_changed(
    someone: dict[str, Any], when: timedelta | None
):
    [choice] = choose_all(
        [lead()], [seller(ANNA, **someone)], by=rules(otherwise={"to_pool": False})
    )

    again = routing.try_again_at(choice, tomorrow=NOW + timedelta(days=1), now=NOW)
    assert again == (NOW + when if when else None)
