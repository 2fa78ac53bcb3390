"""Sends leads to one address from a process of its own: `python -m shangji.bench.load < job.json`.

Closed: each connection sends the next lead when it has the answer to the last. Open: leads fall due at a
fixed rate, whoever is free sends them, and time counts from when they were due. It writes HTTP by
hand, because a client library would take more of the processors than the service that is measured.
"""

import asyncio
import signal
import sys
from collections import deque
from dataclasses import dataclass
from time import perf_counter
from typing import Self
from uuid import uuid4

import orjson
import uvloop
from pydantic import BaseModel

from shangji.bench import enterprise
from shangji.bench.measurement import percentile
from shangji.errors import StartRefused
from shangji.infra.privileges import launcher
from shangji.ports import LOOPBACK

GIVE_UP_AFTER = 60.0


class Job(BaseModel):
    """What to send where."""

    port: int
    token: str
    first_phone: int
    seconds: float
    connections: int = 16
    rate: float = 0.0
    """Leads in a second, when the load is open."""


class Outcome(BaseModel):
    """How it went."""

    accepted: int
    refused: int
    seconds: float
    milliseconds: list[float]

    @property
    def rate(self) -> float:
        """Leads taken in a second."""
        return self.accepted / self.seconds

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the leads was answered."""
        return percentile(self.milliseconds, share)

    def whole(self) -> Self:
        """The outcome itself, unless a lead was not taken: then the numbers are of something else."""
        if self.refused or not self.accepted:
            raise StartRefused(f"{self.refused} leads of the load were not taken.")
        return self


async def send(job: Job) -> Outcome:
    """Run the generator and return what it saw."""
    process = await asyncio.create_subprocess_exec(
        *(*launcher(signal.SIGKILL, None), sys.executable, "-m", "shangji.bench.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(job.seconds + GIVE_UP_AFTER):
            said, _ = await process.communicate(job.model_dump_json().encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise StartRefused("The generator of load ended with an error.")
    return Outcome.model_validate_json(said).whole()


class Generator:
    """Connections, what is due, and how long each answer took."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._number = job.first_phone
        self._free: deque[Line] = deque()
        self._due: deque[float] = deque()
        self._open = job.rate > 0
        self._busy = 0
        self._ends = 0.0
        self._quiet = asyncio.Event()
        self._broken = False
        self._outcome = Outcome(accepted=0, refused=0, seconds=0, milliseconds=[])

    async def run(self) -> Outcome:
        """Send for as long as the job says, and wait for the last answer."""
        loop = asyncio.get_running_loop()
        for _ in range(self._job.connections):
            transport, line = await loop.create_connection(
                lambda: Line(self), LOOPBACK, self._job.port
            )
            line.transport = transport
            self._free.append(line)
        began = perf_counter()
        self._ends = began + self._job.seconds
        if self._open:
            await self._let_them_fall_due(began)
        else:
            self._due.extend([began] * len(self._free))
            self._give_out()
        while (self._busy or self._due) and not self._broken:
            self._quiet.clear()
            await self._quiet.wait()
        self._outcome.seconds = perf_counter() - began
        return self._outcome

    async def _let_them_fall_due(self, began: float) -> None:
        for number in range(int(self._job.seconds * self._job.rate)):
            at = began + number / self._job.rate
            if (pause := at - perf_counter()) > 0:
                await asyncio.sleep(pause)
            self._due.append(at)
            self._give_out()

    def _give_out(self) -> None:
        while self._due and self._free:
            # In turn: a server closes connections that are never used.
            line = self._free.popleft()
            line.since = self._due.popleft()
            self._busy += 1
            if line.transport is not None:
                line.transport.write(self._request())

    def _request(self) -> bytes:
        content = enterprise.body(self._number)
        self._number += 1
        return (
            b"POST /leads HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            b"Idempotency-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (self._job.token.encode(), uuid4().hex.encode(), len(content), content)
        )

    def answered(self, line: "Line", *, taken: bool) -> None:
        """One answer is complete; its line is free again."""
        now = perf_counter()
        self._outcome.milliseconds.append((now - line.since) * 1000)
        if taken:
            self._outcome.accepted += 1
        else:
            self._outcome.refused += 1
        self._busy -= 1
        self._free.append(line)
        if not self._open and now < self._ends:
            self._due.append(now)
        self._give_out()
        if not self._busy:
            self._quiet.set()

    def hung_up(self, line: "Line") -> None:
        """Without its answer a lead spoils the measurement; a connection that waits is just gone."""
        if line in self._free:
            self._free.remove(line)
            return
        self._broken = True
        self._outcome.refused += 1
        self._quiet.set()


@dataclass(eq=False)
class Line(asyncio.Protocol):
    """One connection that is kept open, with at most one request on its way."""

    generator: Generator
    since: float = 0.0
    transport: asyncio.WriteTransport | None = None
    _heard: bytes = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, blank, content = self._heard.partition(b"\r\n\r\n")
        if not blank or len(content) < _content_length(head):
            return
        self._heard = b""
        self.generator.answered(self, taken=head[9:12] == b"201")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        self.generator.hung_up(self)


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


def main() -> None:
    """Read the job, do it, write the outcome."""
    job = Job.model_validate_json(sys.stdin.buffer.read())

    async def run() -> Outcome:
        return await Generator(job).run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(run())
    sys.stdout.buffer.write(orjson.dumps(outcome.model_dump()))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
