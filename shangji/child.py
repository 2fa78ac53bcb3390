"""One child process: started in its own group, restarted when it dies, stopped within a bound."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from shangji.errors import StartRefused
from shangji.journal import rotate, tail

FIRST_PAUSE = 0.2
LONGEST_PAUSE = float(os.environ.get("SHANGJI_RESTART_PAUSE") or 5.0)
"""Seconds before a process that keeps dying is started again."""
STEADY_AFTER = 30.0
HOPELESS_AFTER = 4


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """What to run and how to stop it."""

    name: str
    argv: list[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 15.0
    at_once_signal: signal.Signals = signal.SIGKILL


class Child:
    """A running `ChildSpec`, kept running until it is told to stop."""

    def __init__(self, spec: ChildSpec, *, say: Callable[[str], None], changed: Callable[[], None]):
        self.spec = spec
        self.restarts = 0
        self.created_at = 0.0
        self.hopeless = asyncio.Event()
        self._say = say
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start the process and keep it running from now on."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.spec.name}")

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask it to end, insist after `stop_within` or at once when `hurry` is set."""
        self._stopping = True
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(process, self.spec.stop_signal)
        if not await self._gone(process, self.spec.stop_within, hurry):
            self._say(f"{self.spec.name} did not stop in time; it is being killed.")
            self._signal(process, self.spec.at_once_signal)
            if not await self._gone(process, 3.0, asyncio.Event()):
                _kill_group(process.pid)
                await process.wait()

    async def _gone(
        self, process: asyncio.subprocess.Process, within: float, hurry: asyncio.Event
    ) -> bool:
        ended = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            ended.cancel()
            return False
        return True

    def _signal(self, process: asyncio.subprocess.Process, wanted: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(wanted)

    async def _spawn(self) -> None:
        rotate(self.spec.log)
        with self.spec.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                env={**os.environ, **self.spec.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with contextlib.suppress(psutil.NoSuchProcess):
            self.created_at = psutil.Process(self._process.pid).create_time()
        self._changed()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while self._process is not None:
            started = time.monotonic()
            code = await self._process.wait()
            if self._stopping:
                return
            _kill_group(self._process.pid)
            if time.monotonic() - started > STEADY_AFTER:
                pause = FIRST_PAUSE
            self._say(f"{self.spec.name} {_how(code)}; starting it again in {pause:.1f} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1
            if self.restarts >= HOPELESS_AFTER:
                self.hopeless.set()
            await self._spawn_again()

    async def _spawn_again(self) -> None:
        try:
            await self._spawn()
        except OSError as error:
            self._say(f"{self.spec.name} could not be started: {error}.")


async def ready(child: Child, answer: Awaitable[None]) -> None:
    """Wait for the child's first answer, or refuse once it only ever dies."""
    answered = asyncio.ensure_future(answer)
    hopeless = asyncio.create_task(child.hopeless.wait())
    try:
        await asyncio.wait({answered, hopeless}, return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            raise StartRefused(
                f"{child.spec.name} ends as soon as it is started: {tail(child.spec.log)} "
                f"(more in {child.spec.log})"
            )
        answered.result()
    finally:
        answered.cancel()
        hopeless.cancel()


def _kill_group(leader: int) -> None:
    """End what the child may have left behind in its own process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _how(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
