from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.opportunities.domain import deal as deals
from services.opportunities.domain.deal import Deal
from services.opportunities.domain.gate import Evidence, GateClosed
from services.opportunities.domain.pipeline import StageOutOfReach, UnknownStage
from shared.contracts.opportunities import OpportunityStageChanged, OpportunityUpdated
from shared.refusals import Refused
from tests.opportunities.domain import deals as make
from tests.opportunities.domain.deals import ANNA, NOW, TODAY

VISITED = Evidence(activities={"visit": 1})
YESTERDAY = date(2026, 3, 9)


def move(held: Deal, to: str, **given: Any) -> deals.Decision:
    values: dict[str, Any] = {"reason": "", "next_step": {}, "evidence": VISITED}
    return deals.move(
        held, to=to, pipeline=make.pipeline(), by=ANNA, today=TODAY, now=NOW, **values | given
    )


def update(held: Deal, *, before: Evidence = VISITED, after: Evidence = VISITED, **changes: Any):
    return deals.update(
        held,
        changes=deals.Changes(**changes),
        listed=held.list_value,
        pipeline=make.pipeline(),
        before=before,
        after=after,
        today=TODAY,
        now=NOW,
    )


def test_a_deal_moves_to_the_next_stage_when_its_gate_is_open():
    held = make.deal()

    moved, events = move(held, "third")

    assert (moved.stage, moved.probability, moved.stage_since) == ("third", 0.7, TODAY)
    assert moved.sequence == held.sequence + 1
    assert [type(event) for event in events] == [OpportunityStageChanged]


@pytest.mark.parametrize(
    ("held", "to", "given", "refusal"),
    [
        (make.deal(stage="first"), "third", {}, StageOutOfReach),
        (make.deal(stage="third"), "first", {"reason": "wrong start"}, StageOutOfReach),
        (make.deal(), "nowhere", {}, UnknownStage),
        (make.deal(), "won", {}, deals.OutcomeNeeded),
        (make.deal(), "lost", {}, deals.OutcomeNeeded),
        (make.deal(), "first", {}, deals.StepBackNeedsReason),
        (make.deal(status="won"), "third", {}, deals.OpportunityClosed),
        (make.deal(status="lost"), "third", {}, deals.OpportunityClosed),
    ],
    ids=[
        "skipping forward",
        "two steps back",
        "a stage that is not there",
        "winning by moving",
        "losing by moving",
        "a step back without a reason",
        "a deal that is won",
        "a deal that is lost",
    ],
)
def test_moves_that_are_refused(
    held: Deal, to: str, given: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        move(held, to, **given)


@pytest.mark.parametrize(
    ("held", "evidence", "missing"),
    [
        (make.deal(amount=Decimal(0)), VISITED, ["amount"]),
        (make.deal(), Evidence(activities={"call": 9}), ["visit"]),
        (make.deal(amount=Decimal(0)), Evidence(), ["amount", "visit"]),
        (make.deal(next_step=""), VISITED, ["next_step"]),
        (make.deal(next_step_on=None), VISITED, ["next_step"]),
        (make.deal(next_step_on=YESTERDAY), VISITED, ["next_step"]),
        (make.deal(amount=Decimal(0), next_step_on=YESTERDAY), VISITED, ["amount", "next_step"]),
    ],
    ids=[
        "no amount",
        "only calls",
        "nothing at all",
        "no next step",
        "a next step without a day",
        "a next step whose day is over",
        "an amount and a next step",
    ],
)
def test_a_closed_gate_says_everything_that_is_missing(
    held: Deal, evidence: Evidence, missing: list[str]
) -> None:
    with pytest.raises(GateClosed) as refused:
        move(held, "third", evidence=evidence)

    told: Any = refused.value.details["missing"]
    assert [thing["name"] for thing in told] == missing


def test_one_step_back_asks_for_a_reason_but_for_no_gate():
    held = make.deal(stage="third", amount=Decimal(0))

    moved, _ = move(held, "second", reason="They changed their minds", evidence=Evidence())

    assert moved.stage == "second"


def test_a_move_may_bring_the_next_step_that_it_needs():
    held = make.deal(next_step="", next_step_on=None)

    moved, events = move(
        held, "third", next_step={"next_step": "Send the quote", "next_step_on": TODAY}
    )

    assert (moved.next_step, moved.next_step_on) == ("Send the quote", TODAY)
    assert [type(event) for event in events] == [OpportunityStageChanged, OpportunityUpdated]
    assert moved.sequence == held.sequence + 2


def test_moving_to_where_a_deal_stands_changes_nothing():
    held = make.deal(next_step="")

    assert move(held, "second") == (held, ())


def test_the_words_of_a_next_step_stay_out_of_events():
    _, events = update(make.deal(), next_step="Ask Ms Li, 13800000000", next_step_on=TODAY)

    assert "Li" not in events[0].model_dump_json()


def test_an_update_that_says_what_is_already_so_changes_nothing():
    held = make.deal()

    assert update(held, amount=held.amount) == (held, ())


def test_what_a_stage_asked_for_cannot_be_taken_away_again():
    held = make.deal(stage="third")

    with pytest.raises(GateClosed) as refused:
        update(held, amount=Decimal(0))

    told: Any = refused.value.details["missing"]
    assert [thing["name"] for thing in told] == ["amount"]


def test_what_a_stage_never_had_does_not_stop_other_corrections():
    held = make.deal(stage="third", amount=Decimal(0))

    corrected, _ = update(
        held, before=Evidence(), after=Evidence(), expected_close_on=date(2026, 5, 1)
    )

    assert corrected.expected_close_on == date(2026, 5, 1)


def test_an_overdue_next_step_does_not_stop_other_corrections():
    corrected, _ = update(make.deal(next_step_on=YESTERDAY), amount=Decimal(700))

    assert corrected.amount == Decimal(700)


def test_a_next_step_is_not_moved_into_the_past():
    with pytest.raises(GateClosed):
        update(make.deal(), next_step_on=YESTERDAY)


def test_a_closed_deal_is_locked():
    with pytest.raises(deals.OpportunityClosed):
        update(make.deal(status="won"), amount=Decimal(1))


@pytest.mark.parametrize(
    ("amount", "currency", "worth", "listed"),
    [
        (None, "CNY", Decimal(1000), Decimal(1000)),
        (Decimal(800), "CNY", Decimal(800), Decimal(1000)),
        (Decimal(800), "USD", Decimal(800), Decimal(0)),
    ],
    ids=["no amount: the list price", "an amount", "a list price in another currency"],
)
def test_what_a_new_deal_is_worth(
    amount: Decimal | None, currency: str, worth: Decimal, listed: Decimal
) -> None:
    opened, _ = deals.open_deal(
        id=uuid4(),
        customer_id=uuid4(),
        product=make.product(),
        amount=amount,
        currency=currency,
        next_step="Call",
        next_step_on=TODAY,
        pipeline=make.pipeline(),
        owner=make.OWNER,
        today=TODAY,
        now=NOW,
    )

    assert (opened.amount, opened.list_value) == (worth, listed)


def test_a_deal_stays_on_the_version_it_began_with():
    strict = make.pipeline(version=2)
    opened, events = deals.open_deal(
        id=uuid4(),
        customer_id=None,
        product=None,
        amount=Decimal(1),
        currency="CNY",
        next_step="Call",
        next_step_on=TODAY,
        pipeline=strict,
        owner=make.OWNER,
        today=TODAY,
        now=NOW,
    )

    moved, _ = move(replace(opened, customer_id=uuid4()), "second")

    assert moved.pipeline_version == events[0].model_dump()["pipeline_version"] == 2
