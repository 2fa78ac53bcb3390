"""Leads that wait together go where they fit best in sum, and everybody gets as many as by turns."""

import json
from collections import Counter
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.opportunities.domain import receipt
from services.opportunities.domain.turns import Desk
from tests.opportunities.domain.owners import ANNA, BEN, CARA, choose_all, lead, rules, seller

BATCH = rules({"name": "batch", "to": "by_region", "strategy": "best_batch"})
FIT = rules({"name": "fit", "to": "by_region", "strategy": "best_fit"})


def test_somebody_is_kept_for_what_nobody_else_can_do():
    sellers = [seller(ANNA, industries=("能源", "汽车")), seller(BEN, industries=("能源",))]
    waiting = [lead(0, industry="能源"), lead(1, industry="汽车")]

    one_by_one = [choice.owner_id for choice in choose_all(waiting, sellers, by=FIT)]
    together = [choice.owner_id for choice in choose_all(waiting, sellers, by=BATCH)]

    assert one_by_one == [ANNA, ANNA]
    assert together == [BEN, ANNA]


@given(
    fields=st.lists(st.sampled_from(["能源", "汽车", "水务", ""]), min_size=3, max_size=3),
    known=st.lists(st.sets(st.sampled_from(["P", "Q", "R"]), min_size=1), min_size=3, max_size=3),
    won=st.lists(st.integers(0, 40), min_size=3, max_size=3),
    products=st.lists(st.sampled_from(["P", "Q", "R", ""]), min_size=3, max_size=3),
)
def test_no_other_way_to_share_them_out_fits_better(
    fields: list[str], known: list[set[str]], won: list[int], products: list[str]
):
    by = rules(
        {"name": "batch", "to": "by_region", "strategy": "best_batch", "match_product": True}
    )
    ids = (ANNA, BEN, CARA)
    sellers = [
        seller(who, products=(*sorted(some), "P", "Q", "R"), industries=("能源", "汽车", "水务"))
        for who, some in zip(ids, known, strict=True)
    ]
    desk = Desk(results={who: (count, 40) for who, count in zip(ids, won, strict=True)})
    waiting = [lead(n, industry=fields[n], product=products[n]) for n in range(3)]

    choices = choose_all(waiting, sellers, by=by, desk=desk)

    fits = [
        {
            who: rank + choice.trials[0].prices.get(who, 0)
            for who, rank in choice.trials[0].ranks.items()
        }
        for choice in choices
    ]
    reached = sum(
        row[choice.owner_id] for row, choice in zip(fits, choices, strict=True) if choice.owner_id
    )
    best = max(
        sum(row[who] for row, who in zip(fits, order, strict=True)) for order in permutations(ids)
    )
    assert reached == best


def test_with_prices_taken_off_whoever_is_planned_fits_best():
    sellers = [seller(ANNA), seller(BEN), seller(CARA)]
    desk = Desk(results={ANNA: (30, 40), BEN: (20, 40), CARA: (1, 40)})

    choices = choose_all([lead(n) for n in range(6)], sellers, by=BATCH, desk=desk)

    assert Counter(choice.owner_id for choice in choices) == {ANNA: 2, BEN: 2, CARA: 2}
    for choice in choices:
        [trial] = choice.trials
        assert trial.planned is not None
        assert trial.ranks[trial.planned] == max(trial.ranks.values())


def test_turns_are_carried_when_leads_come_one_at_a_time():
    sellers, desk = [seller(ANNA, weight=2000), seller(BEN)], Desk()

    given_to = [choose_all([lead(n)], sellers, by=BATCH, desk=desk)[0].owner_id for n in range(30)]

    assert Counter(given_to) == {ANNA: 20, BEN: 10}


def test_caps_hold_and_what_nobody_has_room_for_goes_on():
    sellers = [seller(ANNA, daily_cap=1), seller(BEN, open_cap=2)]

    choices = choose_all([lead(n) for n in range(5)], sellers, by=BATCH)

    owners = Counter(choice.owner_id for choice in choices)
    assert (owners[ANNA], owners[BEN], owners[None]) == (1, 2, 2)


def test_nobody_waits_because_it_is_somebody_elses_turn():
    sellers = [seller(ANNA, industries=("能源",)), seller(BEN, industries=("汽车",))]

    choices = choose_all([lead(n, industry="能源") for n in range(4)], sellers, by=BATCH)

    assert {choice.owner_id for choice in choices} == {ANNA}


def test_the_same_batch_is_shared_out_the_same_way_and_receipts_lead_there_again():
    sellers = [seller(UUID(int=n), weight=1000 + n) for n in range(1, 8)]
    waiting = [lead(n, industry=("能源", "汽车", "")[n % 3]) for n in range(40)]
    results = {UUID(int=n): (n, 10) for n in range(1, 8)}

    first, second = (
        choose_all(waiting, sellers, by=BATCH, desk=Desk(results=dict(results))) for _ in range(2)
    )

    assert first == second
    for choice in first:
        kept = receipt.read(json.loads(json.dumps(receipt.write_all([choice])[0])))
        assert receipt.decide_again(kept, BATCH).owner_id == choice.owner_id


def test_nobody_there_is_no_plan():
    [choice] = choose_all([lead()], [], by=BATCH)

    assert choice.owner_id is None
