from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.opportunities.domain import outcome
from services.opportunities.domain.deal import Deal, Decision, OpportunityClosed
from services.opportunities.domain.gate import Evidence, GateClosed
from services.opportunities.domain.outcome import ClosedOutOfTime
from services.opportunities.domain.pipeline import StageOutOfReach, UnknownReason
from shared.contracts.opportunities import OpportunityLost, OpportunityWon
from shared.refusals import Refused
from tests.opportunities.domain import deals as make
from tests.opportunities.domain.deals import ANNA, NOW, TODAY

AT_THE_END = make.deal(stage="third", product_id=make.product().id)


def close(held: Deal, **given: Any) -> Decision:
    values: dict[str, Any] = {
        "outcome": "won",
        "reason": "价格",
        "competitor": "",
        "closed_on": TODAY,
        "amount": None,
    }
    return outcome.close(
        held,
        pipeline=make.pipeline(),
        evidence=Evidence(),
        by=ANNA,
        today=TODAY,
        now=NOW,
        **values | given,
    )


def test_winning_closes_the_deal_for_its_last_amount():
    won, events = close(AT_THE_END, amount=Decimal("480.50"))

    assert (won.status, won.stage, won.probability) == ("won", "won", 1.0)
    assert (won.amount, won.closed_on, won.next_step_on) == (Decimal("480.50"), TODAY, None)
    assert isinstance(events[0], OpportunityWon)
    assert events[0].amount == Decimal("480.50")


def test_losing_takes_a_reason_and_nothing_else_from_any_open_stage():
    lost, events = close(
        make.deal(stage="first", customer_id=None, next_step=""), outcome="lost", reason="预算取消"
    )

    assert (lost.status, lost.reason) == ("lost", "预算取消")
    assert isinstance(events[0], OpportunityLost)


@pytest.mark.parametrize(
    ("held", "given", "refusal"),
    [
        (make.deal(stage="second"), {}, StageOutOfReach),
        (make.deal(stage="third"), {}, GateClosed),
        (AT_THE_END, {"reason": "because"}, UnknownReason),
        (AT_THE_END, {"outcome": "lost", "reason": "关系与服务"}, UnknownReason),
        (AT_THE_END, {"closed_on": date(2026, 3, 11)}, ClosedOutOfTime),
        (AT_THE_END, {"closed_on": date(2026, 2, 19)}, ClosedOutOfTime),
        (AT_THE_END, {"outcome": "lost", "reason": "输给竞争对手"}, GateClosed),
        (make.deal(stage="won", status="won"), {"outcome": "lost"}, OpportunityClosed),
    ],
    ids=[
        "winning from an early stage",
        "winning without what the gate asks for",
        "a reason that is not on the list",
        "a reason for the other outcome",
        "closing tomorrow",
        "closing before work began",
        "losing to nobody in particular",
        "closing twice",
    ],
)
def test_closings_that_are_refused(
    held: Deal, given: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        close(held, **given)


def test_losing_to_a_competitor_names_them():
    lost, _ = close(AT_THE_END, outcome="lost", reason="输给竞争对手", competitor="ACME")

    assert lost.competitor == "ACME"
