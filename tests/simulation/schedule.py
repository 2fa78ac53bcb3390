"""Processes that go on only when the schedule says so.

A process is a coroutine without an event loop. It gives way at every `pause` and at every `until`,
which stand where a real one talks to PostgreSQL or Kafka: what others do in between is the schedule.
"""

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from types import coroutine

Ready = Callable[[], bool]


@coroutine
def until(ready: Ready) -> Generator[Ready, None, None]:
    """Give way, and go on only when `ready`; others may have made it untrue again before."""
    yield ready
    while not ready():
        yield ready


@coroutine
def pause() -> Generator[Ready, None, None]:
    """Give way."""
    yield lambda: True


@dataclass(eq=False)
class Process:
    """Something that runs: a command, a relay, a consumer, a request on its way."""

    name: str
    work: Coroutine[Ready, None, None]
    waits_for: Ready = field(default=lambda: True)
    ended: bool = False
    broke: bool = False

    @property
    def ready(self) -> bool:
        """Whether a step would get it anywhere."""
        return not self.ended and self.waits_for()

    def step(self) -> None:
        """Run to the next place where it gives way."""
        try:
            self.waits_for = self.work.send(None)
        except StopIteration:
            self.ended = True
        except BaseException:
            self.ended = self.broke = True
            raise

    def kill(self) -> None:
        """End it where it stands; its open transaction is rolled back."""
        self.work.close()
        self.ended = True


@dataclass
class Schedule:
    """All processes that run."""

    processes: list[Process] = field(default_factory=list)

    def start(self, name: str, work: Coroutine[Ready, None, None]) -> Process:
        """Let a process run from now on."""
        process = Process(name, work)
        self.processes.append(process)
        return process

    def step(self, pick: int, *, times: int = 1) -> None:
        """Let one of those that can go on take some steps."""
        ready = [process for process in self.processes if process.ready]
        if not ready:
            return
        process = ready[pick % len(ready)]
        for _ in range(times):
            if process.ready:
                process.step()
        self._forget_the_ended()

    def kill(self, process: Process) -> None:
        """End a process where it stands."""
        process.kill()
        self._forget_the_ended()

    @property
    def broke(self) -> bool:
        """Whether a process has found an assertion untrue: there is nothing to count any more."""
        return any(process.broke for process in self.processes)

    def named(self, prefix: str) -> list[Process]:
        """The running processes whose name begins so."""
        return [process for process in self.processes if process.name.startswith(prefix)]

    def run_until_quiet(self, *, limit: int = 20_000) -> None:
        """Everybody in turn, until nobody can go on."""
        for _ in range(limit):
            ready = [process for process in self.processes if process.ready]
            if not ready:
                return
            for process in ready:
                if process.ready:
                    process.step()
            self._forget_the_ended()
        raise AssertionError("it never became quiet")

    def _forget_the_ended(self) -> None:
        self.processes = [process for process in self.processes if not process.ended]
