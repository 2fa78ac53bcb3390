"""Analytics built anew from the first event, beside reading and decoding the same messages."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

import orjson

from shangji.bench import backlog, log
from shangji.bench.measurement import Measurement
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.client import POLL_EVERY
from shangji.errors import StartRefused
from shangji.progress import Bar
from shared.contracts.topics import heard_by

LIMIT = "consume + orjson.loads, nothing else"


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Events in a second, from the question to the verdict that both are equal."""
    await backlog.bring_in(yard, backlog.write(yard, plan.leads))
    raw: list[float] = []
    built: list[float] = []
    events = 0
    for number in range(plan.repeat):
        bar.at("rebuild, round", number, plan.repeat)
        await yard.settle()
        raw.append(await _read(yard))
        done = await _rebuild(yard)
        events = done["messages_total"]
        built.append(events / _seconds(done))
    return [
        Measurement.beside(
            raw,
            LIMIT,
            value=built,
            figure="rebuild",
            what=f"analytics anew from {events:,} events",
            unit="events/s",
            aim="≥ 5,000",
        )
    ]


async def _rebuild(yard: Yard) -> dict[str, Any]:
    done = await yard.client.send("POST", "analytics", "/rebuilds")
    while done["state"] in ("waiting", "running"):
        await asyncio.sleep(POLL_EVERY)
        done = await yard.client.get("analytics", f"/rebuilds/{done['id']}")
    if done["state"] != "equal":
        raise StartRefused(f"The reports built anew are {done['state']}: {done['problem']}")
    return done


def _seconds(done: dict[str, Any]) -> float:
    asked, finished = (datetime.fromisoformat(done[name]) for name in ("asked_at", "finished_at"))
    return (finished - asked).total_seconds()


async def _read(yard: Yard) -> float:
    """Every message of every topic that analytics hears."""
    seen = 0
    async with log.reading(yard, heard_by("analytics")) as batches:
        began = perf_counter()
        async for records in batches:
            for record in records:
                orjson.loads(record.value or b"null")
            seen += len(records)
        return seen / (perf_counter() - began)
