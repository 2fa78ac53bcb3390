"""The command's client tells a service's own reasons, pages through lists and waits for rest."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shangji.client import Client, Refused, Unrest
from shangji.errors import StartRefused
from shangji.stack import Stack
from shared.tokens import Signer, generate

Answer = Callable[[httpx.Request], httpx.Response]


def client(home: Path, answer: Answer) -> Client:
    """A client whose services answer as told."""
    generate(home / "private.json", home / "public.json")
    signer = Signer.load(home / "private.json")
    names = ("leads", "opportunities", "notifications", "analytics")
    stack = Stack(
        home=home,
        phase="running",
        infra="external",
        demo=False,
        supervisor_pid=0,
        kafka_bootstrap="",
        topic_prefix="",
        readonly_url="",
        service_urls={name: f"http://{name}" for name in names},
        token_private_key=home / "private.json",
        environment={},
    )
    token = signer.for_person(uuid4(), lifetime=timedelta(hours=1))
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Client(stack, http, token, signer)


async def test_a_refusal_carries_the_services_own_words(tmp_path: Path):
    problem = {
        "detail": "There is no such thing.",
        "next_step": "Check the id.",
        "errors": [{"pointer": "/id", "reason": "unknown"}],
    }
    asked = client(tmp_path, lambda _: httpx.Response(404, json=problem))

    with pytest.raises(Refused) as refused:
        await asked.get("leads", "/leads/1")

    assert str(refused.value) == "There is no such thing. Check the id.\n  /id: unknown"
    assert refused.value.status == 404


async def test_an_answer_that_is_no_problem_is_still_a_sentence(tmp_path: Path):
    asked = client(tmp_path, lambda _: httpx.Response(502, text="<html>"))

    with pytest.raises(Refused, match=r"leads answered 502\."):
        await asked.get("leads", "/leads")


async def test_a_service_that_is_being_restarted_is_asked_again_under_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shangji.client.POLL_EVERY", 0)
    keys: list[str] = []

    def restarting(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(503 if len(keys) == 2 else 201, json={"id": 1})

    asked = client(tmp_path, restarting)

    assert await asked.send("POST", "leads", "/leads", {}) == {"id": 1}
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_a_service_that_is_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shangji.client.RESTART_WITHIN", -1)

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(StartRefused, match="analytics does not answer at http://analytics/reports"):
        await client(tmp_path, down).get("analytics", "/reports")


async def test_each_command_has_a_key_of_its_own_and_reading_has_none(tmp_path: Path):
    keys: list[str | None] = []

    def note(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers.get("Idempotency-Key"))
        return httpx.Response(200, json={})

    asked = client(tmp_path, note)
    await asked.send("POST", "leads", "/leads", {})
    await asked.send("POST", "leads", "/leads", {})
    await asked.get("leads", "/leads")

    first, second, reading = keys
    assert first
    assert second
    assert first != second
    assert reading is None


async def test_a_list_is_read_to_its_end(tmp_path: Path):
    pages = {None: ([1, 2], "more"), "more": ([3], None)}

    def page(request: httpx.Request) -> httpx.Response:
        items, following = pages[request.url.params.get("cursor")]
        return httpx.Response(200, json={"items": items, "next_cursor": following})

    asked = client(tmp_path, page)

    assert [item async for item in asked.pages("leads", "/leads")] == [1, 2, 3]


async def test_rest_means_nothing_to_send_and_nothing_to_hear_twice_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shangji.client.POLL_EVERY", 0)
    outboxes = iter([3] * 4 + [0] * 4 + [1] * 4 + [0] * 8)

    def status(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"outbox": next(outboxes), "lag": 0})

    seen: list[int] = []
    await client(tmp_path, status).wait_for_quiet(lambda unrest: seen.append(unrest.events))

    assert seen == [12, 0, 4, 0, 0]


async def test_a_stack_that_does_not_come_to_rest_is_told_with_what_is_left(tmp_path: Path):
    busy = client(tmp_path, lambda _: httpx.Response(200, json={"outbox": 0, "lag": 7}))

    with pytest.raises(StartRefused, match="there is still work: 7 to be heard by leads"):
        await busy.wait_for_quiet(within=-1)
    assert str(Unrest(outbox={"leads": 2}, lag={"leads": 0})) == "2 to be sent by leads"
