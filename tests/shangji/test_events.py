"""A stream is followed to its end, whatever happens to the connection."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from shangji import events
from shangji.client import Client, Refused
from shangji.stack import Stack
from shared.tokens import Signer, generate

Answer = Callable[[httpx.Request], httpx.Response]


class Broken(httpx.AsyncByteStream):
    """Says something, and then the line is dead."""

    def __init__(self, *frames: str) -> None:
        self._frames = frames

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for frame in self._frames:
            yield frame.encode()
        raise httpx.ReadError("gone")


def frame(name: str, id: str) -> str:
    return f'event: {name}\ndata: {{"at": "{id}"}}\nid: {id}\n\n'


@pytest.fixture
def client_of(tmp_path: Path) -> Callable[[list[Answer]], Client]:
    """A client whose requests are answered by these, one after another."""
    generate(tmp_path / "private.json", tmp_path / "public.json")

    def make(answers: list[Answer]) -> Client:
        waiting = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            return next(waiting)(request)

        transport = httpx.MockTransport(answer)
        stack = Stack(
            home=tmp_path,
            phase="running",
            infra="external",
            demo=False,
            supervisor_pid=0,
            kafka_bootstrap="",
            topic_prefix="",
            readonly_url="",
            service_urls={"leads": "http://leads"},
            token_private_key=tmp_path / "private.json",
            environment={},
        )
        signer = Signer.load(tmp_path / "private.json")
        return Client(stack, httpx.AsyncClient(transport=transport), "token", signer)

    return make


async def heard(client: Client) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    async for event in events.follow(client, "leads", "/imports/1/events"):
        said.append((event.name, event.data["at"]))
        if event.name == "done":
            break
    return said


async def test_a_lost_connection_is_made_again_behind_what_was_heard(
    client_of: Callable[[list[Answer]], Client], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(events, "POLL_EVERY", 0)
    asked: list[str | None] = []

    def lost(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id"))
        return httpx.Response(200, stream=Broken("retry: 2000\n\n", frame("progress", "r-1000")))

    def restarting(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id"))
        return httpx.Response(503)

    def rest(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id"))
        return httpx.Response(200, text=": still here\n\n" + frame("done", "d-2000"))

    said = await heard(client_of([lost, restarting, rest]))

    assert said == [("progress", "r-1000"), ("done", "d-2000")]
    assert asked == [None, "r-1000", "r-1000"]


async def test_a_service_that_says_no_is_not_asked_again(
    client_of: Callable[[list[Answer]], Client],
):
    with pytest.raises(Refused):
        await heard(client_of([lambda _request: httpx.Response(404)]))


async def test_a_service_that_stays_away_is_given_up(
    client_of: Callable[[list[Answer]], Client], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(events, "POLL_EVERY", 0)
    monkeypatch.setattr(events, "RESTART_WITHIN", 0)

    with pytest.raises(Refused, match="does not answer"):
        await heard(client_of([lambda _: httpx.Response(200, stream=Broken())] * 9))
