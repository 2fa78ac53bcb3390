"""Whatever is sent, the answer is a problem that says what to mend, and never a 500."""

import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shared.web import toy as toys
from tests.shared.web.toy import Caller, Toy

DEEP = b'{"text":"x","extra":{"a":' + b"[" * 100 + b"]" * 100 + b"}}"
BOMB = b"[" * 500_000


@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        pytest.param(b"{", 422, "malformed-body", id="malformed JSON"),
        pytest.param(b'{"text":"\xff"}', 422, "malformed-body", id="invalid UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"text":"x"}', 422, "malformed-body", id="a byte order mark"),
        pytest.param('{"text":"x"}'.encode("utf-16"), 422, "malformed-body", id="UTF-16"),
        pytest.param(b'{"text":"x","weight":NaN}', 422, "malformed-body", id="NaN"),
        pytest.param(b'{"text":"x","weight":Infinity}', 422, "malformed-body", id="infinity"),
        pytest.param(b'{"text":"x","weight":1e400}', 422, "malformed-body", id="1e400"),
        pytest.param(b'{"text":"a\\u0000b"}', 422, "malformed-body", id="NUL"),
        pytest.param(b'{"text":"x","extra":{"\\u0000":1}}', 422, "malformed-body", id="NUL key"),
        pytest.param(b'{"text":"\\ud800"}', 422, "malformed-body", id="lone surrogate"),
        pytest.param(b'{"text":"x","size":9223372036854775808}', 422, "malformed-body", id="2^63"),
        pytest.param(
            b'{"text":"x","size":' + b"9" * 5000 + b"}", 422, "malformed-body", id="huge integer"
        ),
        pytest.param(DEEP, 422, "malformed-body", id="deep nesting"),
        pytest.param(BOMB, 422, "malformed-body", id="nesting bomb"),
        pytest.param(b'{"text":"x","color":"red"}', 422, "invalid-request", id="unknown field"),
        pytest.param(b'{"text":"x","text":"y"}', 422, "malformed-body", id="a name twice"),
        pytest.param(b'{"text":"x","due_at":"1700000000"}', 422, "invalid-request", id="seconds"),
        pytest.param(
            b'{"text":"x","due_at":"2026-02-30T09:00Z"}', 422, "invalid-request", id="no such day"
        ),
        pytest.param(b'{"text":5}', 422, "invalid-request", id="number for text"),
        pytest.param(b'{"text":"x","size":"5"}', 422, "invalid-request", id="text for number"),
        pytest.param(b'{"text":"x","size":5.5}', 422, "invalid-request", id="decimal for whole"),
        pytest.param(b'{"text":"x","urgent":"yes"}', 422, "invalid-request", id="text for truth"),
        pytest.param(b'{"text":"x","kind":"odd"}', 422, "invalid-request", id="unknown choice"),
        pytest.param(b'{"text":"x","reference":"1"}', 422, "invalid-request", id="not an id"),
        pytest.param(b'{"text":"x","due_at":1}', 422, "invalid-request", id="number for time"),
        pytest.param(b"{}", 422, "invalid-request", id="missing field"),
        pytest.param(b"[]", 422, "invalid-request", id="a list"),
        pytest.param(b"null", 422, "invalid-request", id="null"),
        pytest.param(b"", 422, "invalid-request", id="nothing"),
        pytest.param(b'{"text":"' + b"x" * 2**20 + b'"}', 413, "body-too-large", id="too large"),
    ],
)
async def test_a_bad_body_is_refused(
    toy: Toy, anna: Caller, content: bytes, status: int, slug: str
):
    answer = await anna.send("/notes", content)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["next_step"]
    assert toys.runs == []


async def test_everything_wrong_is_named_at_once_by_its_place(toy: Toy, anna: Caller):
    answer = await anna.post("/notes", {"text": "x", "parts": [{"name": 1, "on": "x"}], "a/b": 1})

    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/parts/0/name", "/parts/0/on", "/a~1b"}


async def test_values_that_were_sent_are_not_told_back(toy: Toy, anna: Caller):
    answer = await anna.post("/notes", {"text": ["13800138000"], "reference": "13800138000"})

    assert answer.status_code == 422
    assert "13800138000" not in answer.text


@pytest.mark.parametrize(
    ("text", "field"),
    [("\\u0000", "plain"), ("12345678901234567890", "digits"), ("{[" * 200, "brackets")],
)
async def test_text_that_only_looks_dangerous_is_taken(
    toy: Toy, anna: Caller, text: str, field: str
):
    answer = await anna.note(f"{field}", extra={"a": text})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        ({"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
        ({"Content-Encoding": "gzip"}, 415, "encoded-body"),
    ],
    ids=["text", "form", "compressed"],
)
async def test_a_body_of_another_kind_is_not_guessed_at(
    toy: Toy, anna: Caller, headers: dict[str, str], status: int, slug: str
):
    answer = await anna.send("/notes", b'{"text":"x"}', **headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")


async def test_a_body_that_grows_while_it_is_sent_is_cut_off(toy: Toy, anna: Caller):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65_536
            yield b" " * 65_536

    headers = {"Content-Type": "application/json", **anna.headers()}
    answer = await toy.api.post("/notes", content=endless(), headers=headers)

    assert answer.status_code == 413
    assert sent < 2_000_000


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        ("/notes?colour=red", 422, "invalid-request"),
        ("/notes?text=%ff", 400, "malformed-address"),
        ("/notes?text=%00", 400, "malformed-address"),
        ("/notes?limit=0", 422, "invalid-request"),
        ("/notes?limit=201", 422, "invalid-request"),
        ("/notes?limit=ten", 422, "invalid-request"),
        ("/notes?cursor=abc", 422, "invalid-cursor"),
        ("/notes?cursor=%C3%A9", 422, "invalid-cursor"),
        ("/notes/not-an-id", 422, "invalid-request"),
        ("/notes/0192f0c1-2345-7abc-8def-0123456789ab", 404, "not-found"),
        ("/notes/", 404, "route-not-found"),
        ("/nowhere", 404, "route-not-found"),
        ("/%ff", 404, "route-not-found"),
    ],
)
async def test_a_bad_address_is_refused(toy: Toy, anna: Caller, path: str, status: int, slug: str):
    answer = await anna.get(path)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_an_unknown_method_is_told_the_known_ones(toy: Toy, anna: Caller):
    answer = await anna.send("/notes", b"", method="PATCH")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [(None, 428), ('"1"', 204), ("*", 204), ('"2"', 412), ("nonsense", 422), ('"-1"', 422)],
)
async def test_a_change_names_what_it_changes(
    toy: Toy, anna: Caller, if_match: str | None, status: int
):
    note = (await anna.note("old")).json()
    headers = {} if if_match is None else {"If-Match": if_match}

    answer = await anna.send(
        f"/notes/{note['id']}/text", b'{"text":"new"}', method="PUT", **headers
    )

    assert answer.status_code == status
    if status == 412:
        assert answer.json()["sequence"] == 1


def as_sent(value: Any) -> bytes:
    """What a careless program makes of it: NaN, lone surrogates and all."""
    return json.dumps(value).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["text", "size", "weight", "amount", "kind", "reference", "due_at"])
BODIES = st.binary() | JSON.map(as_sent) | st.dictionaries(FIELDS, JSON).map(as_sent)
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=80, deadline=None, suppress_health_check=CALM)
@given(content=BODIES)
async def test_no_bytes_at_all_make_it_fail(toy: Toy, anna: Caller, content: bytes):
    answer = await anna.send("/notes", content)

    assert answer.status_code in {201, 400, 409, 422}, content


async def test_no_strange_query_makes_it_fail(toy: Toy, anna: Caller):
    chance = random.Random(7)  # noqa: S311
    for _ in range(60):
        raw = "".join(f"%{chance.randrange(256):02x}" for _ in range(chance.randrange(1, 12)))
        name = chance.choice(["text", "cursor", "limit", raw])

        answer = await anna.get(f"/notes?{name}={raw}")

        assert answer.status_code in {200, 400, 422}, raw
