from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain import collision, registration
from services.opportunities.domain.collision import (
    AlreadyRuled,
    Collision,
    CollisionPolicy,
    NotASide,
    RuledByTheSame,
    RulesOnTheirOwn,
    Side,
    TooLateToAppeal,
)
from services.opportunities.domain.registration import (
    AnotherDeal,
    NoMoreExtensions,
    NotContested,
    NotProtected,
    Registration,
)
from shared.refusals import Refused

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
POLICY = CollisionPolicy()
ANNA, BEN, CHEF, JUDGE = (UUID(int=n) for n in (101, 102, 103, 104))
EAST, WEST, CUSTOMER, DEAL = (UUID(int=n) for n in (10, 11, 12, 13))
DAY = timedelta(days=1)


def met(**changes: Any) -> Collision:
    """Anna's new deal meets Ben's."""
    values: dict[str, Any] = {
        "id": UUID(int=1),
        "deal_id": DEAL,
        "other_kind": "opportunity",
        "other_id": UUID(int=14),
        "customer_id": CUSTOMER,
        "product_line": "GTX",
        "owner_id": ANNA,
        "unit_id": EAST,
        "other_owner_id": BEN,
        "other_unit_id": WEST,
        "opened_at": NOW,
        "sequence": 1,
    }
    return Collision(**values | changes)


def registered(**changes: Any) -> Registration:
    """Anna works on a customer."""
    values: dict[str, Any] = {
        "id": UUID(int=2),
        "customer_id": CUSTOMER,
        "company_name": "西湖机械有限公司",
        "company_core": "西湖机械",
        "project": "",
        "product_line": "GTX",
        "owner_id": ANNA,
        "unit_id": EAST,
        "registered_at": NOW,
    }
    return Registration(**values | changes)


def ruled(**changes: Any) -> Collision:
    values = {"state": "ruled", "outcome": "incumbent", "ruled_by": CHEF, "ruled_at": NOW}
    return met(**values | changes)


def test_a_ruling_says_whose_it_is():
    after, [event] = collision.rule(met(), outcome="both", reason="two plants", by=CHEF, now=NOW)

    assert (after.state, after.outcome, event.type) == ("ruled", "both", "collision.ruled.v1")


@pytest.mark.parametrize(
    ("held", "by", "refusal"),
    [
        pytest.param(ruled(), CHEF, AlreadyRuled, id="twice"),
        pytest.param(ruled(state="appealed"), CHEF, RuledByTheSame, id="one's own ruling"),
        pytest.param(met(), ANNA, RulesOnTheirOwn, id="the newcomer's owner"),
        pytest.param(met(), BEN, RulesOnTheirOwn, id="the incumbent's owner"),
    ],
)
def test_a_ruling_is_refused(held: Collision, by: UUID, refusal: type[Refused]):
    with pytest.raises(refusal):
        collision.rule(held, outcome="newcomer", reason="why", by=by, now=NOW)


def test_an_appeal_is_ruled_on_by_somebody_else_and_that_stands():
    appealed, _ = collision.appeal(ruled(), reason="I was first", by=ANNA, policy=POLICY, now=NOW)
    again, _ = collision.rule(appealed, outcome="newcomer", reason="so it is", by=JUDGE, now=NOW)

    assert (appealed.state, again.outcome) == ("appealed", "newcomer")
    with pytest.raises(TooLateToAppeal):
        collision.appeal(again, reason="no", by=BEN, policy=POLICY, now=NOW)


@pytest.mark.parametrize(
    ("held", "by", "when", "refusal"),
    [
        pytest.param(ruled(), CHEF, NOW, NotASide, id="somebody else"),
        pytest.param(ruled(), ANNA, NOW + 8 * DAY, TooLateToAppeal, id="a week later"),
        pytest.param(met(), ANNA, NOW, TooLateToAppeal, id="nothing is ruled"),
    ],
)
def test_an_appeal_is_refused(held: Collision, by: UUID, when: datetime, refusal: type[Refused]):
    with pytest.raises(refusal):
        collision.appeal(held, reason="why", by=by, policy=POLICY, now=when)


def test_a_registration_that_meets_nobody_protects_at_once():
    mine = Side(kind="opportunity", id=DEAL, owner_id=ANNA, unit_id=EAST)

    made, [event] = registration.register(registered(), met=[mine], policy=POLICY)

    assert (made.state, made.protected_until) == ("protected", NOW + POLICY.protects_for)
    assert event.type == "registration.made.v1"


def test_one_that_meets_somebody_is_contested_until_it_is_decided():
    other = Side(kind="opportunity", id=DEAL, owner_id=BEN, unit_id=WEST)
    made, _ = registration.register(registered(), met=[other], policy=POLICY)

    later = NOW + DAY
    approved, _ = registration.decide(
        made, approve=True, reason="another plant", policy=POLICY, by=CHEF, now=later
    )
    refused, _ = registration.decide(
        made, approve=False, reason="Ben's", policy=POLICY, by=CHEF, now=later
    )

    assert (made.state, made.conflicts) == ("contested", (("opportunity", DEAL),))
    assert approved.protected_until == later + POLICY.protects_for
    assert (refused.state, refused.protected_until) == ("refused", None)


def test_a_registration_is_extended_as_often_as_policy_allows():
    held = registered(protected_until=NOW + 5 * DAY)

    longer, _ = registration.extend(held, policy=POLICY, by=ANNA, now=NOW)

    assert longer.protected_until == NOW + 35 * DAY
    with pytest.raises(NoMoreExtensions):
        registration.extend(longer, policy=POLICY, by=ANNA, now=NOW)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        pytest.param(
            lambda: registration.decide(
                registered(), approve=True, reason="", policy=POLICY, by=CHEF, now=NOW
            ),
            NotContested,
            id="deciding what protects",
        ),
        pytest.param(
            lambda: registration.extend(
                registered(state="expired"), policy=POLICY, by=ANNA, now=NOW
            ),
            NotProtected,
            id="extending what is over",
        ),
        pytest.param(
            lambda: registration.convert(
                registered(),
                opportunity_id=DEAL,
                owner_id=BEN,
                customer_id=CUSTOMER,
                by=ANNA,
                now=NOW,
            ),
            AnotherDeal,
            id="somebody else's deal",
        ),
        pytest.param(
            lambda: registration.convert(
                registered(), opportunity_id=DEAL, owner_id=ANNA, customer_id=EAST, by=ANNA, now=NOW
            ),
            AnotherDeal,
            id="with another customer",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(act: Any, refusal: type[Refused]):
    with pytest.raises(refusal):
        act()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Hangzhou Metro Line 3", "line 3 hangzhou metro", True, id="other order"),
        pytest.param("杭州地铁3号线信号系统", "杭州地铁3号线信号系统 ", True, id="a blank more"),
        pytest.param("Hangzhou Metro Line 3", "Ningbo Harbour", False, id="another one"),
        pytest.param("", "", False, id="no name is none"),
    ],
)
def test_projects_are_recognised_by_their_names(one: str, other: str, same: bool):
    assert registration.is_same_project(one, other) is same
