"""Stages say which custom fields deals have from there on, and ask for the required ones at the gate."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from services.opportunities.domain import deal as deals
from services.opportunities.domain.deal import Deal
from services.opportunities.domain.gate import Evidence, GateClosed
from services.opportunities.domain.pipeline import InvalidPipeline, Pipeline, parse
from tests.opportunities.domain import deals as make

SCHEMA = {
    "properties": {
        "budget_code": {"type": "string", "pattern": "^B-"},
        "seats": {"type": "number", "minimum": 1},
    },
    "required": ["budget_code"],
}


def pipeline(schema: dict[str, Any] | None = None) -> Pipeline:
    """The third stage asks for custom fields and for nothing else."""
    body = make.pipeline().model_dump(mode="json")
    third = next(stage for stage in body["stages"] if stage["key"] == "third")
    third |= {"gate": [], "attributes": SCHEMA if schema is None else schema}
    return Pipeline.model_validate(body)


def move(deal: Deal) -> Deal:
    moved, _ = deals.move(
        deal,
        to="third",
        reason="",
        next_step={},
        pipeline=pipeline(),
        evidence=Evidence(),
        by=make.ANNA,
        today=make.TODAY,
        now=make.NOW,
    )
    return moved


def correct(deal: Deal, attributes: dict[str, Any]) -> Deal:
    corrected, _ = deals.update(
        deal,
        changes={"attributes": attributes},
        listed=deal.list_value,
        pipeline=pipeline(),
        before=Evidence(),
        after=Evidence(),
        today=make.TODAY,
        now=make.NOW,
    )
    return corrected


@pytest.mark.parametrize(
    ("attributes", "missing"),
    [
        pytest.param({}, ["attributes.budget_code"], id="a required one is blank"),
        pytest.param({"budget_code": "X"}, ["attributes.budget_code"], id="it does not fit"),
        pytest.param(
            {"budget_code": "B-1", "seats": 0}, ["attributes.seats"], id="an optional one is wrong"
        ),
    ],
)
def test_a_closed_gate_names_the_field(attributes: dict[str, Any], missing: list[str]):
    with pytest.raises(GateClosed) as closed:
        move(make.deal(attributes=attributes))

    lacking = cast("list[Mapping[str, object]]", closed.value.details["missing"])
    assert [field["name"] for field in lacking] == missing


@pytest.mark.parametrize("attributes", [{"budget_code": "B-1"}, {"budget_code": "B-1", "seats": 3}])
def test_optional_fields_may_be_blank(attributes: dict[str, Any]):
    assert move(make.deal(attributes=attributes)).stage == "third"


def test_what_the_gate_asked_for_cannot_be_taken_away_again():
    deal = make.deal(stage="third", attributes={"budget_code": "B-1", "seats": 3})

    with pytest.raises(GateClosed):
        correct(deal, {"budget_code": None})

    assert correct(deal, {"seats": None}) == replace(
        deal, attributes={"budget_code": "B-1"}, sequence=deal.sequence + 1
    )


def test_fields_that_are_not_named_stay():
    corrected = correct(make.deal(attributes={"a": "1", "b": True}), {"b": False, "c": 2.0})

    assert corrected.attributes == {"a": "1", "b": False, "c": 2.0}


def test_conditions_may_ask_about_custom_fields():
    body = make.pipeline().model_dump(mode="json")
    body["stages"][2]["gate"] = [make.condition("big", "attributes.seats >= 10.0")]
    parsed = Pipeline.model_validate(body)

    names = [
        [
            lacking.name
            for lacking in deals.gate.missing_at(
                parsed.stages[2], make.deal(attributes=attributes), Evidence(), today=make.TODAY
            )
        ]
        for attributes in ({"seats": 12.0}, {"seats": 2.0}, {})
    ]

    assert names == [[], ["big"], ["big"]]


def test_a_schema_that_is_none_is_refused_with_its_place():
    body = make.pipeline().model_dump(mode="json", exclude={"key", "version"})
    body["stages"][1]["attributes"] = {"properties": {"a": {"type": "colour"}}}

    with pytest.raises(InvalidPipeline) as refused:
        parse(body)

    assert refused.value.errors[0].pointer == "/stages/1/attributes"
