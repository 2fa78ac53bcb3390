"""How each kind of fault of a schedule is done to a stack. None waits until the stack is well again."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic

import psutil
from aiokafka.errors import KafkaError

from tests.faults.groups import forget_the_group, is_empty, to_the_beginning, to_the_end
from tests.faults.injection import Injector
from tests.faults.rig import Rig
from tests.faults.schedule import SERVERS, Grouping, Step, process
from tests.faults.test_servers import sessions
from tests.support.ledger import open_client
from tests.support.proxy import Proxy
from tests.support.waiting import until

TAMPERINGS = {
    "to the beginning": to_the_beginning,
    "to the end": to_the_end,
    "forget it": forget_the_group,
}
KAFKA_WITHIN = 20
"""Seconds in which what we want of Kafka ourselves has to happen, or it is left."""


@dataclass
class Hands:
    """What hurts a stack, and a note of what was hurt when."""

    rig: Rig
    links: Mapping[str, Proxy]
    grouping: Grouping
    injector: Injector
    killed: list[tuple[float, str]] = field(default_factory=list)
    """Kills of ours; a process that dies at a failpoint is counted by its supervisor only."""
    touched: list[tuple[float, Step]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What could not be done at its moment, and why."""

    async def do(self, number: int, step: Step) -> None:
        """Do one step of a schedule."""
        self.touched.append((monotonic(), step))
        await self._acts()[step.kind](number, step)

    def _acts(self) -> dict[str, Callable[[int, Step], Awaitable[None]]]:
        return {
            "kill": self._kill,
            "kill at a step": self._kill_at_a_step,
            "kill a session": self._kill_a_session,
            "freeze": self._freeze,
            "stop": self._stop,
            "work beside": self._work_beside,
            "cut": self._cut,
            "slow": self._slow,
            "say again": self._say_again,
            "say nonsense": self._say_nonsense,
            "tamper": self._tamper,
            "bring a file": self._bring_a_file,
        }

    async def _kill(self, _number: int, step: Step) -> None:
        await asyncio.gather(*map(self._kill_one, step.victims))

    async def _kill_one(self, name: str) -> None:
        await self.rig.kill(name)
        self.killed.append((monotonic(), name))

    async def _kill_at_a_step(self, _number: int, step: Step) -> None:
        with suppress(psutil.NoSuchProcess):
            self.rig.plan(step.victims[0], step.detail)

    async def _kill_a_session(self, _number: int, step: Step) -> None:
        with suppress(psutil.Error, IndexError):
            sessions(self.rig, step.victims[0])[0].kill()
            self.killed.append((monotonic(), "a session"))

    async def _freeze(self, _number: int, step: Step) -> None:
        name = step.victims[0]
        with suppress(psutil.Error):
            leader = self.rig.living(name)
            members = [leader, *(leader.children(recursive=True) if name in SERVERS else ())]
            try:
                for member in members:
                    member.suspend()
                await asyncio.sleep(step.lasts)
            finally:
                for member in members:
                    with suppress(psutil.Error):
                        member.resume()

    async def _stop(self, _number: int, step: Step) -> None:
        with suppress(psutil.NoSuchProcess):
            self.rig.send(step.victims[0], signal.SIGTERM)

    async def _work_beside(self, number: int, step: Step) -> None:
        guest = self.rig.guest(step.victims[0], step.detail, instance=f"guest {number}")
        try:
            await asyncio.sleep(step.lasts)
        finally:
            guest.kill()
            if await asyncio.to_thread(guest.wait) == -signal.SIGKILL:
                self.killed.append((monotonic(), "a guest"))

    async def _cut(self, _number: int, step: Step) -> None:
        self.links[step.victims[0]].cut()

    async def _slow(self, _number: int, step: Step) -> None:
        link = self.links[step.victims[0]]
        link.latency = int(step.detail) / 1000
        try:
            await asyncio.sleep(step.lasts)
        finally:
            link.latency = 0

    async def _say_again(self, _number: int, step: Step) -> None:
        await self._of_kafka(step, lambda: self.injector.say_again(step.victims[0]))

    async def _say_nonsense(self, number: int, step: Step) -> None:
        dice = Random(number)  # noqa: S311 - chosen so that it can be chosen again
        await self._of_kafka(step, lambda: self.injector.say_nonsense(step.victims[0], dice))

    async def _tamper(self, _number: int, step: Step) -> None:
        stack, listener = self.rig.stack, step.victims[0]
        with suppress(psutil.Error):
            member = self.rig.living(process(listener, "consumer", self.grouping))
            member.suspend()
            try:
                await self._of_kafka(
                    step,
                    lambda: until("it to be empty", lambda: is_empty(stack, listener), seconds=15),
                    lambda: TAMPERINGS[step.detail](stack, listener),
                )
            finally:
                with suppress(psutil.Error):
                    member.resume()

    async def _of_kafka(self, step: Step, *acts: Callable[[], Awaitable[None]]) -> None:
        """What takes a broker that answers, and may be left when there is none."""
        try:
            async with asyncio.timeout(KAFKA_WITHIN):
                for act in acts:
                    await act()
        except (KafkaError, OSError, TimeoutError, AssertionError) as problem:
            self.left.append(f"{step}: {problem!r}")

    async def _bring_a_file(self, _number: int, step: Step) -> None:
        async with open_client() as client:
            await self.rig.ledger.upload(client, int(step.detail))
