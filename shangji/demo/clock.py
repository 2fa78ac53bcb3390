"""Lets the demo's days pass: moves every service's clock, and tells what fell due."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shangji.client import POLL_EVERY, Client
from shangji.errors import StartRefused
from shangji.names import SERVICES
from shangji.progress import Bar

STILL_FOR = 18.0
"""Seconds without news after which everything due has been done: longer than any timer's pause."""
PATIENCE = 180.0
QUIET_NEWS = 5
"""The feeder goes on meanwhile: this little is its doing."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What happened while the clock moved."""

    now: datetime
    happened: Counter[str]


def parse_span(text: str) -> timedelta:
    """`7d`, `36h`, `30m` or `2w`; refuses anything else in a sentence."""
    match = re.fullmatch(r"(\d{1,4})([mhdw])", text.strip())
    if match is None or not int(match[1]):
        raise StartRefused(f"{text!r} is not a span of time; say 30m, 36h, 7d or 2w.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


async def advance(client: Client, span: timedelta, bar: Bar) -> Passed:
    """Move all clocks by the same span, wait until nothing more falls due, and count what did."""
    clocks = [await client.get(service, "/operations/clock") for service in SERVICES]
    began = await _positions(client)
    shift = max(clock["shift_seconds"] for clock in clocks) + span.total_seconds()
    bar.about("moving the clock")
    for service in SERVICES:
        await client.send("PUT", service, "/operations/clock", {"shift_seconds": shift})
    await _until_still(client, bar)
    happened: Counter[str] = Counter()
    for service, position in began.items():
        happened += await _news(client, service, position)
    clock = await client.get(SERVICES[0], "/operations/clock")
    return Passed(now=datetime.fromisoformat(clock["now"]), happened=happened)


async def _positions(client: Client) -> dict[str, int]:
    asked = (client.get(service, "/operations/status") for service in SERVICES)
    found = await asyncio.gather(*asked)
    return {
        service: status["feed_position"] for service, status in zip(SERVICES, found, strict=True)
    }


async def _until_still(client: Client, bar: Bar) -> None:
    """Wait until no timer has had anything to say for a while. New leads of the demo do not count."""
    loop = asyncio.get_running_loop()
    began = still_since = loop.time()
    last = await _positions(client)
    while loop.time() - still_since < STILL_FOR and loop.time() - began < PATIENCE:
        await asyncio.sleep(POLL_EVERY)
        now = await _positions(client)
        news = now["notifications"] - last["notifications"]
        if news > QUIET_NEWS or (await client.unrest()).events > QUIET_NEWS:
            still_since = loop.time()
        last = now
        bar.at("seconds of silence", int(loop.time() - still_since), int(STILL_FOR))
    await client.wait_for_quiet()


async def _news(client: Client, service: str, after: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    while True:
        page = await client.get(service, "/feed", after=after, limit=1000)
        counts.update(_name(event) for event in page["items"])
        if page["next_after"] == after or not page["items"]:
            return counts
        after = page["next_after"]


def _name(event: dict[str, Any]) -> str:
    """An event's name; a notice goes by its kind."""
    name = event["type"].rpartition(".v")[0]
    return f"{name}: {event['data']['kind']}" if name == "notification.placed" else name
