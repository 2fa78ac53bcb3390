from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.opportunities.domain import history
from services.opportunities.domain.deal import Decision
from services.opportunities.domain.history import DeclaredPipeline, HistoryRow
from services.opportunities.domain.pipeline import Pipeline
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import OpportunityRecorded
from shared.ids import external_id
from tests.opportunities.domain import deals as make
from tests.opportunities.domain.deals import NOW, TODAY

DECLARED = DeclaredPipeline.model_validate(
    {
        "key": "theirs",
        "stages": [
            {"key": "Prospecting", "probability": 0.1},
            {"key": "Engaging", "probability": 0.5},
            {"key": "Won", "kind": "won", "probability": 1},
            {"key": "Lost", "kind": "lost", "probability": 0},
        ],
    }
)
THEIRS = Pipeline(key="theirs", version=1, **DECLARED.body().model_dump())


def row(**given: Any) -> HistoryRow:
    values: dict[str, Any] = {
        "id": "D-1",
        "seller": "Anna",
        "product": "Pump",
        "stage": "Won",
        "engaged_on": date(2017, 1, 2),
        "closed_on": date(2017, 3, 1),
        "amount": Decimal(900),
    }
    return HistoryRow(**values | given)


def record(told: HistoryRow, **given: Any) -> Decision:
    values: dict[str, Any] = {"customer_id": None, "previous": None, "product": make.product()}
    return history.record(
        told,
        id=uuid4(),
        system="crm",
        owner=make.OWNER,
        pipeline=THEIRS,
        run_id=uuid4(),
        today=TODAY,
        now=NOW,
        **values | given,
    )


OPEN = {"stage": "Engaging", "closed_on": None, "amount": None}


@pytest.mark.parametrize(
    ("told", "known", "field"),
    [
        (row(), {"owner": None}, "seller"),
        (row(), {"product": None}, "product"),
        (row(stage="Negotiating"), {}, "stage"),
        (row(closed_on=None), {}, "closed_on"),
        (row(stage="Lost", closed_on=None), {}, "closed_on"),
        (row(amount=None), {}, "amount"),
        (row(closed_on=date(2017, 1, 1)), {}, "closed_on"),
        (row(closed_on=date(2026, 3, 11)), {}, "closed_on"),
        (row(**OPEN | {"engaged_on": date(2026, 3, 11)}), {}, "engaged_on"),
        (row(**OPEN | {"closed_on": date(2017, 3, 1)}), {}, "closed_on"),
        (row(entered={"Won": date(2017, 3, 1)}), {}, "entered.Won"),
        (row(entered={"Engaging": date(2017, 3, 2)}), {}, "entered.Engaging"),
        (
            row(entered={"Engaging": date(2017, 1, 9), "Prospecting": date(2017, 1, 10)}),
            {},
            "entered.Engaging",
        ),
        (row(**OPEN | {"entered": {"Prospecting": date(2017, 1, 2)}}), {}, "entered"),
    ],
    ids=[
        "an unknown seller",
        "an unknown product",
        "an unknown stage",
        "won without a day",
        "lost without a day",
        "won without a value",
        "closed before it began",
        "closed tomorrow",
        "begun tomorrow",
        "open, but closed",
        "came into the stage where it ended",
        "came into a stage after it ended",
        "came into its stages in the wrong order",
        "stands where it never came",
    ],
)
def test_rows_that_cannot_be_facts(told: HistoryRow, known: dict[str, Any], field: str) -> None:
    values: dict[str, Any] = {"owner": make.OWNER, "product": make.product()}

    flaw = history.flaw(told, pipeline=THEIRS, today=TODAY, **values | known)

    assert flaw is not None
    assert flaw.field == field


def test_a_deal_tells_the_lead_it_came_from_and_the_stages_it_went_through():
    entered = {"Prospecting": date(2017, 1, 2), "Engaging": date(2017, 1, 20)}

    deal, [recorded] = record(row(**OPEN | {"entered": entered, "lead": "L-7"}))

    assert isinstance(recorded, OpportunityRecorded)
    assert deal.lead_id == recorded.lead_id == external_id("lead", "crm", "L-7")
    assert deal.stage_since == date(2017, 1, 20)
    assert {step.stage: step.entered_on for step in recorded.path} == entered


@pytest.mark.parametrize(
    "told",
    [
        row(),
        row(stage="Lost", amount=Decimal(0)),
        row(product=""),
        row(**OPEN),
        row(**OPEN | {"stage": "Prospecting", "engaged_on": None}),
        row(closed_on=date(2017, 1, 2)),
        row(customer=""),
    ],
    ids=[
        "won",
        "lost",
        "without a product",
        "open",
        "not begun",
        "closed on the day it began",
        "without a customer",
    ],
)
def test_rows_that_are_facts(told: HistoryRow) -> None:
    flaw = history.flaw(
        told,
        owner=make.OWNER,
        product=make.product() if told.product else None,
        pipeline=THEIRS,
        today=TODAY,
    )

    assert flaw is None


def test_a_deal_is_recorded_as_it_stood_with_its_own_days():
    won, events = record(row())

    assert (won.status, won.stage, won.amount, won.list_value) == ("won", "Won", 900, 1000)
    assert (won.stage_since, won.closed_on) == (date(2017, 3, 1), date(2017, 3, 1))
    assert won.opened_at == datetime(2017, 1, 2, tzinfo=UTC)
    assert won.external == ExternalId(system="crm", id="D-1")
    assert [event.history for event in events] == [True]


@pytest.mark.parametrize(
    ("told", "amount"),
    [(row(**OPEN), 1000), (row(stage="Lost", amount=None), 0), (row(**OPEN | {"amount": 7}), 7)],
    ids=["open: its list price", "lost: nothing", "as the file says"],
)
def test_what_a_row_without_a_value_is_worth(told: HistoryRow, amount: int) -> None:
    deal, _ = record(told)

    assert deal.amount == amount


def test_a_changed_row_is_recorded_again_after_the_last_event():
    first, _ = record(row(**OPEN))

    again, events = record(row(), previous=first)

    assert (again.sequence, len(events)) == (2, 1)


def test_stages_of_another_system_follow_one_another_up_to_the_win():
    steps = {stage.key: stage.next for stage in THEIRS.stages}

    assert steps == {
        "Prospecting": ("Engaging", "Lost"),
        "Engaging": ("Won", "Lost"),
        "Won": (),
        "Lost": (),
    }
