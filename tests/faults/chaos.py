"""Faults at random under load: `make chaos SEED=7 MINUTES=30`. A seed chooses the same ones again."""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import get_args

from tests.faults.acts import Hands
from tests.faults.injection import Injector
from tests.faults.links import LinkedRig, open_linked_rig
from tests.faults.rig import Rig
from tests.faults.schedule import Grouping, Schedule, schedule
from tests.support.gauges import Gauges
from tests.support.recoveries import of_kills
from tests.support.watch import Watch

PATIENCE = 90.0
"""Seconds in which, whatever is done to the stack, some command has to be accepted."""


REST_WITHIN = 300.0
"""Seconds after the last fault in which everybody has to have heard everything."""


class ChaosFailed(AssertionError):
    """Something did not hold: of which seed, at which step, and where its logs are."""


@dataclass
class Chaos:
    """One run of a schedule on one stack."""

    plan: Schedule
    rig: Rig
    hands: Hands
    watch: Watch
    gauges: Gauges
    reached: str = "before the first step"
    began: float = field(default_factory=monotonic)

    @classmethod
    def of(cls, plan: Schedule, linked: LinkedRig) -> "Chaos":
        """All that one run takes."""
        rig, watch = linked.rig, linked.watch()
        hands = Hands(rig, linked.links, plan.grouping, Injector(rig.stack))
        gauges = Gauges(lambda: {name: p["pid"] for name, p in rig.processes().items() if p["pid"]})
        return cls(plan, rig, hands, watch, gauges)

    async def run(self) -> None:
        """Do all steps, each at its time; in the end everything has to hold. Raises `ChaosFailed`."""
        try:
            await self._suffer()
            self.reached = "after the last step"
            await self.rig.ledger.end()
            said = await self.rig.check(injected=self.hands.injector.ids, seconds=REST_WITHIN)
        except (Exception, asyncio.CancelledError) as problem:
            raise ChaosFailed(
                f"Seed {self.plan.seed}, {self.plan.grouping}, {self.reached}: {problem!r}. "
                f"Logs: {self.rig.stack.home / 'logs'}"
            ) from problem
        self._report(said)

    async def _suffer(self) -> None:
        ledger = self.rig.ledger
        ledger.begin()
        await self.rig.until_taken()
        self.began = monotonic()
        onlookers = asyncio.gather(self.watch.run(), self.gauges.run(), self._expect_progress())
        steps = asyncio.create_task(self._do_all())
        try:
            await asyncio.wait({onlookers, steps}, return_when=asyncio.FIRST_COMPLETED)
            (steps if steps.done() else onlookers).result()
        finally:
            for task in (steps, onlookers):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _do_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number, step in enumerate(self.plan.steps):
                await asyncio.sleep(max(0.0, self.began + step.at - monotonic()))
                self.reached = f"step {number} ({step})"
                say(f"{number:4} {step}")
                group.create_task(self.hands.do(number, step))

    async def _expect_progress(self) -> None:
        """Raise what has gone wrong for a client, or that nothing is accepted any more."""
        while True:
            await self.rig.until_taken(1, seconds=PATIENCE)
            await asyncio.sleep(1)

    def _report(self, said: str) -> None:
        ledger = self.rig.ledger
        say(said)
        for what in self.hands.left:
            say(f"Left: {what}")
        kinds = Counter(step.kind for _, step in self.hands.touched)
        say(", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
        say(str(of_kills(self.watch, self.hands.killed)))
        for slope in self.gauges.slopes():
            say(str(slope))
        say(
            f"Seed {self.plan.seed}, {self.plan.grouping}, {(monotonic() - self.began) / 60:.1f} min: "
            f"{self.kills()} kills, {len(ledger.leads) + ledger.rows} leads, {len(ledger.deals)} deals, "
            f"{ledger.unclear} unclear answers. Nothing was lost, nothing happened twice."
        )

    def kills(self) -> int:
        """Processes that died of kill -9: as their supervisors tell, and those that are not theirs."""
        told = (self.rig.stack.home / "logs" / "supervisor.log").read_text()
        theirs = len(re.findall(r"was killed by SIGKILL; starting it again", told))
        return theirs + sum(name.startswith("a ") for _, name in self.hands.killed)


async def suffer(plan: Schedule, home: Path) -> Chaos:
    """Run a schedule on a stack of its own in this home. Raises `ChaosFailed`."""
    async with open_linked_rig(
        home,
        seed=plan.seed,
        mix=plan.mix,
        SHANGJI_PROCESSES=plan.grouping,
        SHANGJI_RESTART_PAUSE="",
    ) as linked:
        chaos = Chaos.of(plan, linked)
        await chaos.run()
        return chaos


def say(sentence: str) -> None:
    """Print at once: somebody may be watching."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and run on a stack of its own, which is kept when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--processes", choices=get_args(Grouping), default="together")
    parser.add_argument("--show", action="store_true", help="print the schedule and do nothing")
    wanted = parser.parse_args()
    plan = schedule(wanted.seed, minutes=wanted.minutes, grouping=wanted.processes)
    say(str(plan))
    if wanted.show:
        return
    home = Path(tempfile.mkdtemp(prefix="shangji-chaos-"))
    try:
        asyncio.run(suffer(plan, home))
    except ChaosFailed as failed:
        sys.exit(str(failed))
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
