"""What a notice names, what is asked for it, and when it is asked again."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from pydantic import JsonValue, ValidationError

from services.leads.domain.channel.details import MOST_ATTEMPTS, Api, Details, ask_again_at
from tests.leads.make import NOW

LINKEDIN = "urn:li:leadGenFormResponse:1a-2_b"


def meta(*ids: JsonValue, field: str = "leadgen") -> JsonValue:
    changes: list[JsonValue] = [{"field": field, "value": {"leadgen_id": one}} for one in ids]
    return {"entry": [{"changes": changes}]}


@pytest.mark.parametrize(
    ("api", "payload", "named"),
    [
        pytest.param("meta", meta(7, "8", 7), ("7", "8"), id="each-once"),
        pytest.param("meta", meta(7, field="feed"), (), id="of-something-else"),
        pytest.param("meta", meta("../me"), (), id="not-an-id"),
        pytest.param("meta", {"id": "7", "field_data": []}, (), id="the-lead-itself"),
        pytest.param(
            "linkedin",
            {"leadAction": "CREATED", "leadGenFormResponse": LINKEDIN},
            ("1a-2_b",),
            id="a-response",
        ),
        pytest.param(
            "linkedin",
            {"leadAction": "DELETED", "leadGenFormResponse": LINKEDIN},
            (),
            id="a-response-that-is-gone",
        ),
        pytest.param(
            "linkedin", {"leadAction": "CREATED", "leadGenFormResponse": "x/y"}, (), id="no-urn"
        ),
        pytest.param("linkedin", [], (), id="not-an-object"),
    ],
)
def test_a_notice_names(api: Api, payload: JsonValue, named: tuple[str, ...]):
    assert Details(api=api).named_in(payload) == named


@pytest.mark.parametrize(
    ("api", "begins"),
    [("meta", "https://graph.facebook.com/"), ("linkedin", "https://api.linkedin.com/rest/")],
)
def test_the_platform_itself_is_asked_unless_somebody_says_otherwise(api: Api, begins: str):
    question = Details(api=api).question(uuid4(), "7", token="t")

    assert question.url.startswith(begins)
    assert question.headers["Authorization"] == "Bearer t"
    assert "t" not in question.url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize(
    "base", ["http://example.com", "ftp://example.com", "https://user@example.com", "file:///etc"]
)
def test_tokens_are_shown_to_nobody_in_clear(base: str):
    with pytest.raises(ValidationError):
        Details(api="meta", base=base)


def test_pauses_double_until_it_is_enough():
    pauses = [ask_again_at(attempts, NOW) for attempts in range(1, MOST_ATTEMPTS + 1)]

    assert [pause and pause - NOW for pause in pauses[:3]] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
    ]
    assert pauses[-1] is None
    assert all(pause - NOW <= timedelta(hours=6) for pause in pauses if pause)


def test_an_answer_without_its_form_stays_as_it_is():
    answer = orjson.dumps({"formResponse": {"answers": [{"questionId": 1}]}})

    assert Details(api="linkedin").readable(answer) == answer
