"""A cancellation that nobody asked for is a failure like any other; one that was asked for ends a task."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

import pytest

from shared import relay, runner, timers
from shared.app import Resources
from shared.consumer import Consumer
from shared.consumer.loop import ConsumerLoop
from shared.db import Database
from shared.settings import ServiceSettings

SETTINGS = ServiceSettings(service="leads", database_url="")
NO_DATABASE = cast("Database", None)
Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


async def carry(stop: asyncio.Event) -> None:
    await relay.run(SETTINGS, stop=stop, announced=asyncio.Event())


async def hear(stop: asyncio.Event) -> None:
    await ConsumerLoop(SETTINGS, NO_DATABASE, Consumer()).run(stop)


async def sweep(stop: asyncio.Event) -> None:
    timer = cast("timers.AnyTimer", timers.Dispatch(name="any", every=timedelta(0), **_NOTHING))
    await timers.run(NO_DATABASE, [timer], stop=stop)


_NOTHING: dict[str, Any] = {"claim": None, "send": None, "record": None}
PARTS = {
    "relay": (relay, "_term", carry),
    "consumer": (ConsumerLoop, "_session", hear),
    "timers": (timers, "sweep", sweep),
}


@pytest.mark.parametrize(("owner", "turn", "run"), PARTS.values(), ids=PARTS)
async def test_a_part_whose_client_lets_a_cancellation_slip_begins_anew(
    monkeypatch: pytest.MonkeyPatch, owner: Any, turn: str, run: Run
):
    stop, turns = asyncio.Event(), 0

    async def slip(*_: Any, **__: Any) -> int:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise asyncio.CancelledError
        stop.set()
        return 0

    monkeypatch.setattr(owner, turn, slip)
    await run(stop)

    assert turns == 2


@pytest.mark.parametrize(("owner", "turn", "run"), PARTS.values(), ids=PARTS)
async def test_a_part_that_is_told_to_end_ends(
    monkeypatch: pytest.MonkeyPatch, owner: Any, turn: str, run: Run
):
    begun = asyncio.Event()

    async def for_ever(*_: Any, **__: Any) -> int:
        begun.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(owner, turn, for_ever)
    running = asyncio.create_task(run(asyncio.Event()))
    await begun.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_process_whose_part_ends_without_being_told_to_says_so():
    resources = cast("Resources", _Stoppable())

    async def slip() -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="relay was cancelled, and by nobody"):
        await runner._part(resources, "relay", slip)
    assert resources.stop.is_set()


class _Stoppable:
    def __init__(self) -> None:
        self.stop = asyncio.Event()
