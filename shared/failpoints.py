"""Places where a test may make the process die, stop, fail or wait.

`SHANGJI_FAIL="relay.after_ack=kill@3;consumer.before_commit=sleep(8)@1"`: the third time the relay
passes that point the process kills itself. Without the variable a failpoint is one dictionary look-up.
A process that is given `SHANGJI_FAIL_FILE` takes plans from that file at each SIGUSR1, and from nowhere
else: one that was killed by its plan starts again without any.
"""

import asyncio
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path


class FailpointReached(Exception):
    """Raised on purpose by a test's failpoint."""


@dataclass
class _Plan:
    action: str
    seconds: float
    at: int
    passed: int = 0


_PLAN = re.compile(
    r"^(?P<name>[\w.]+)=(?P<action>kill|stop|raise|cancel|sleep)(\((?P<s>[\d.]+)\))?(@(?P<at>\d+))?$"
)


def _read(text: str) -> dict[str, _Plan]:
    plans: dict[str, _Plan] = {}
    for part in filter(None, text.split(";")):
        match = _PLAN.match(part.strip())
        if match is None:
            raise ValueError(f"SHANGJI_FAIL: {part!r} is not NAME=ACTION[(SECONDS)][@COUNT]")
        plans[match["name"]] = _Plan(
            action=match["action"], seconds=float(match["s"] or 0), at=int(match["at"] or 1)
        )
    return plans


_plans = _read(os.environ.get("SHANGJI_FAIL", ""))


def plan(text: str) -> None:
    """Replace the plans of this process; for tests that run in it."""
    _plans.clear()
    _plans.update(_read(text))


def listen() -> None:
    """Take plans from the file that a test named, if one did, whenever it says so."""
    if path := os.environ.get("SHANGJI_FAIL_FILE"):
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGUSR1, lambda: plan(Path(path).read_text())
        )


async def failpoint(name: str) -> None:
    """Do what the test planned for this place, if it planned anything; `@0` means every time."""
    if not _plans or (planned := _plans.get(name)) is None:
        return
    planned.passed += 1
    if planned.at not in (0, planned.passed):
        return
    match planned.action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "sleep":
            await asyncio.sleep(planned.seconds)
        case "cancel":
            raise asyncio.CancelledError
        case _:
            raise FailpointReached(name)
