from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain import pool
from services.opportunities.domain.ownership import SubjectClosed
from services.opportunities.domain.pool import (
    AlreadyOwned,
    CoolingDown,
    DailyCapReached,
    Facts,
    Filter,
    HoldingCapReached,
    NobodyHasIt,
    NotInPool,
    Pools,
)
from shared.refusals import Refused
from tests.opportunities.domain.owners import (
    ANNA,
    BEN,
    EAST,
    NOW,
    POOL,
    ROOT,
    claimant,
    ownership,
    pool_policy,
    pooled,
)

SOON = NOW + timedelta(hours=4)


def test_a_claim_takes_the_lead_out_of_the_pool():
    claimed, [event] = pool.claim(
        pooled(), by=claimant(BEN), policy=pool_policy(), respond_by=SOON, now=NOW
    )

    assert (claimed.owner_id, claimed.pool_id, claimed.respond_by) == (BEN, None, SOON)
    assert event.type == "ownership.assigned.v1"


@pytest.mark.parametrize(
    ("held", "by", "refusal"),
    [
        pytest.param({"owner_id": ANNA, "pool_id": None}, {}, AlreadyOwned, id="owned"),
        pytest.param({"pool_id": None}, {}, NotInPool, id="unassigned"),
        pytest.param({"open": False}, {}, SubjectClosed, id="closed"),
        pytest.param({}, {"holds": 10}, HoldingCapReached, id="the pool's cap"),
        pytest.param({}, {"holds": 2, "open_cap": 2}, HoldingCapReached, id="the seller's cap"),
        pytest.param({}, {"taken_today": 5}, DailyCapReached, id="the pool's day"),
        pytest.param({}, {"taken_today": 1, "daily_cap": 1}, DailyCapReached, id="own day"),
    ],
)
def test_a_claim_is_refused(held: dict[str, Any], by: dict[str, Any], refusal: type[Refused]):
    with pytest.raises(refusal):
        pool.claim(
            pooled(**held), by=claimant(**by), policy=pool_policy(), respond_by=SOON, now=NOW
        )


@pytest.mark.parametrize(
    ("waited", "free"),
    [
        pytest.param(timedelta(days=3, seconds=-1), False, id="a second too early"),
        pytest.param(timedelta(days=3), True, id="on the second"),
    ],
)
def test_who_had_it_before_stands_back_for_a_while(waited: timedelta, free: bool):
    held = pooled(previous_owner_id=BEN, since=NOW - waited)

    def again() -> object:
        return pool.claim(held, by=claimant(BEN), policy=pool_policy(), respond_by=SOON, now=NOW)

    if free:
        assert again()
    else:
        with pytest.raises(CoolingDown):
            again()


def test_a_returned_lead_waits_in_the_pool_with_the_reason():
    returned, [event] = pool.give_back(ownership(), to=POOL, reason="no budget", now=NOW)

    assert (returned.owner_id, returned.pool_id, returned.unit_id) == (None, POOL.id, POOL.unit_id)
    assert (event.previous_owner_id, event.reason) == (ANNA, "no budget")


@pytest.mark.parametrize(
    ("held", "refusal"),
    [
        pytest.param({"owner_id": None}, NobodyHasIt, id="nobody's"),
        pytest.param({"open": False}, SubjectClosed, id="closed"),
    ],
)
def test_a_return_is_refused(held: dict[str, Any], refusal: type[Refused]):
    with pytest.raises(refusal):
        pool.give_back(ownership(**held), to=POOL, reason="why", now=NOW)


def test_what_is_taken_is_known_only_where_all_could_see_it():
    assert pool.was_offered(pooled())
    assert pool.was_offered(ownership(reasons=("claimed",)))
    assert not pool.was_offered(ownership(reasons=("routed",)))


def pools(*named: tuple[str, dict[str, Any]]) -> Pools:
    """Pools in the order in which they are asked, of the enterprise unless told."""
    above = {EAST.id: {EAST.id, ROOT}, ROOT: {ROOT}}
    listed = [pool_policy(name=name, **{"unit_id": ROOT, **rules}) for name, rules in named]
    return Pools(policies=listed, above=above)


@pytest.mark.parametrize(
    ("facts", "unit", "name"),
    [
        pytest.param({"grade": "A"}, EAST.id, "good-east", id="the first that is for it"),
        pytest.param({"grade": "A"}, ROOT, "leads", id="not of that part"),
        pytest.param({"grade": "C"}, EAST.id, "leads", id="not as good"),
        pytest.param({"kind": "customer", "level": "A"}, EAST.id, "customers", id="a customer"),
        pytest.param({"kind": "opportunity"}, EAST.id, None, id="deals never wait"),
    ],
)
def test_where_something_waits(facts: dict[str, Any], unit: UUID, name: str | None):
    found = pools(
        ("customers", {"subject": "customer"}),
        ("good-east", {"unit_id": EAST.id, "only": Filter(grades=frozenset("A"))}),
        ("leads", {}),
    ).of(Facts(**{"kind": "lead", **facts}), unit)

    assert (found.name if found else None) == name


def test_who_is_exempt_is_held_back_by_nothing():
    policy = pool_policy(holding_cap=0, daily_cap=0, fresh_lock=timedelta(days=1))

    claimed, _ = pool.claim(
        pooled(previous_owner_id=BEN),
        by=claimant(BEN, exempt=True),
        policy=policy,
        respond_by=SOON,
        now=NOW,
    )

    assert claimed.owner_id == BEN
