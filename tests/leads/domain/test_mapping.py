"""Mapping templates: paths, and what is done to values on the way."""

from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from services.leads.domain.channel import paths
from services.leads.domain.channel.mapping import Answers, Source, UnreadableDate
from services.leads.domain.channel.paths import NotAPath

PAYLOAD: JsonValue = {
    "name": "李雷",
    "a.b": "dotted",
    "blank": "",
    "none": None,
    "yes": True,
    "phone": 13812341234,
    "score": 3.0,
    "list": ["x", "", "y"],
    "answers": [
        {"name": "email", "values": ["a@x.com"]},
        {"name": "size", "values": ["10", "20"]},
    ],
    "at": 1772415000,
    "day": "2026-03-02 09:30",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("name", ["李雷"], id="a member"),
        pytest.param('"a.b"', ["dotted"], id="a name with a dot"),
        pytest.param("list[0]", ["x"], id="an item"),
        pytest.param("list[9]", [], id="no such item"),
        pytest.param("list[*]", ["x", "", "y"], id="all items"),
        pytest.param("answers[name=email].values[0]", ["a@x.com"], id="an item by a member"),
        pytest.param("answers[*].name", ["email", "size"], id="a member of each"),
        pytest.param("name.inner", [], id="beyond a text"),
        pytest.param("name[0]", [], id="an item of a text"),
        pytest.param("", [PAYLOAD], id="the whole"),
    ],
)
def test_a_path_leads_to(path: str, found: list[JsonValue]):
    assert paths.find(PAYLOAD, path) == found


@pytest.mark.parametrize("path", ["a[", "a..b", "[x]", "a]", "a[=b]", '"a'])
def test_what_is_no_path_is_refused(path: str):
    with pytest.raises(NotAPath):
        paths.steps_of(path)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param({"path": "name"}, "李雷", id="a path"),
        pytest.param({"path": "blank"}, None, id="blank"),
        pytest.param({"path": "none"}, None, id="null"),
        pytest.param({"path": "nowhere"}, None, id="nowhere"),
        pytest.param({"path": "yes"}, True, id="a truth"),
        pytest.param({"path": "phone"}, 13812341234, id="a number"),
        pytest.param({"path": "list"}, "x y", id="a list is joined"),
        pytest.param({"path": "answers"}, None, id="objects are no value"),
        pytest.param({"path": "list", "between": "、"}, "x、y", id="joined by"),
        pytest.param({"first": ["blank", "none", "name"]}, "李雷", id="the first of"),
        pytest.param({"join": ["name", "blank", "score"]}, "李雷 3", id="all of"),
        pytest.param({"constant": "x"}, "x", id="a constant"),
        pytest.param(
            {"path": "phone", "values": {"13812341234": "theirs"}}, "theirs", id="renamed"
        ),
        pytest.param({"path": "name", "values": {"x": "y"}}, "李雷", id="not renamed"),
        pytest.param({"path": "at", "date": "seconds"}, "2026-03-02T01:30:00+00:00", id="seconds"),
        pytest.param(
            {"path": "day", "date": "%Y-%m-%d %H:%M"}, "2026-03-02T09:30:00+08:00", id="a format"
        ),
        pytest.param(
            {"path": "day", "date": "iso", "zone": "UTC"}, "2026-03-02T09:30:00+00:00", id="iso"
        ),
    ],
)
def test_a_source_gives(source: dict[str, Any], value: object):
    assert Source.model_validate(source).take(PAYLOAD) == value


@pytest.mark.parametrize("date", ["seconds", "milliseconds", "iso", "%Y"])
def test_what_is_no_time_is_said(date: str):
    with pytest.raises(UnreadableDate):
        Source.model_validate({"path": "name", "date": date}).take(PAYLOAD)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"path": "a", "constant": "b"}, id="two"),
        pytest.param({"path": "a", "zone": "Mars/Phobos"}, id="no zone"),
        pytest.param({"path": "a", "code": "b"}, id="unknown"),
    ],
)
def test_a_source_that_would_not_work_is_refused(source: dict[str, Any]):
    with pytest.raises(ValidationError):
        Source.model_validate(source)


def test_answers_become_attributes_but_for_those_that_are_fields():
    answers = Answers.model_validate(
        {"each": "answers[*]", "name": "name", "answer": "values", "but": ["email"]}
    )

    assert answers.take(PAYLOAD) == {"size": "10 20"}
