"""What is hurt, when and how: a pure function of a seed, so that the same can be done again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from shangji.names import ROLES, SERVICES
from shangji.supervisor import GROUPINGS
from tests.faults.links import SERVERS
from tests.faults.test_failpoints import VICTIMS, failpoints
from tests.support.ledger import Mix

Grouping = Literal["together", "split"]
"""Which roles of a service share a process, as SHANGJI_PROCESSES says it."""

LISTENERS = ("leads", "opportunities", "notifications", "analytics")
TOPICS = ("lead", "ownership", "opportunity", "notification")

PAUSE = (0.5, 5.5)
"""Seconds between two faults, at least and at most; some last longer than that, and overlap."""
CALM_EVERY, CALM = 60.0, 12.0
"""Now and then nothing is done for a while, so that whoever still does not work has no excuse."""

ROLE_OF = {
    "door": "api",
    "relay": "relay",
    "consumer": "consumer",
    "timer": "timers",
    "imports": "timers",
    "dispatch": "timers",
}
"""Which role passes the failpoints of each part."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One fault: `victims` are processes, links, services or topics, whichever its kind hurts."""

    kind: str
    at: float = 0
    """Seconds after the beginning."""
    victims: tuple[str, ...]
    lasts: float = 0
    detail: str = ""

    def __str__(self) -> str:
        words = [f"{self.at:7.1f} s  {self.kind}: {', '.join(self.victims)}"]
        words += [f"for {self.lasts:.1f} s"] * bool(self.lasts)
        words += [self.detail] * bool(self.detail)
        return ", ".join(words)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """All that will happen to one stack: what its clients do meanwhile, and each fault."""

    seed: int
    grouping: Grouping
    mix: Mix
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join([f"Seed {self.seed}, {self.grouping}: {self.mix}", *map(str, self.steps)])


def schedule(seed: int, *, minutes: float, grouping: Grouping = "together") -> Schedule:
    """The schedule of a seed: the same words give the same schedule, on any machine."""
    dice = Random(seed)  # noqa: S311 - chosen so that it can be chosen again
    mix = Mix(
        leads_at_once=dice.randint(2, 6),
        pause=dice.uniform(0.1, 0.3),
        rows=dice.randint(1, 20),
        deals=dice.uniform(0.3, 0.9),
    )
    faults = _Faults(dice, grouping)
    steps = tuple(replace(faults.draw(), at=round(at, 1)) for at in _moments(dice, minutes=minutes))
    return Schedule(seed=seed, grouping=grouping, mix=mix, steps=steps)


def process(service: str, role: str, grouping: Grouping) -> str:
    """The name of the process in which a service plays a role."""
    group = next(name for name, roles in GROUPINGS[grouping].items() if role in roles)
    return service if group == "all" else f"{service}-{group}"


def _moments(dice: Random, *, minutes: float) -> Iterator[float]:
    at, calm_at = 0.0, CALM_EVERY - CALM
    while True:
        at += dice.uniform(*PAUSE)
        if at > calm_at:
            at, calm_at = max(at, calm_at + CALM), calm_at + CALM_EVERY
        if at > minutes * 60:
            return
        yield at


class _Faults:
    """Draws one fault after the other."""

    def __init__(self, dice: Random, grouping: Grouping) -> None:
        self._dice = dice
        self._grouping: Grouping = grouping
        self._processes = sorted(
            {process(service, role, grouping) for service in SERVICES for role in ROLES}
        )
        self._failpoints = sorted(failpoints())
        self._often: dict[Callable[[], Step], int] = {
            self._kill: 7,
            self._kill_at_a_step: 5,
            self._kill_a_server: 3,
            self._kill_a_session: 1,
            self._freeze: 2,
            self._stop: 1,
            self._work_beside: 3,
            self._cut: 1,
            self._slow: 1,
            self._say_again: 1,
            self._say_nonsense: 1,
            self._tamper: 1,
            self._bring_a_file: 1,
        }

    def draw(self) -> Step:
        """The next fault."""
        kinds = list(self._often)
        return self._dice.choices(kinds, list(self._often.values()))[0]()

    def _lasts(self, least: float, most: float) -> float:
        return round(self._dice.uniform(least, most), 1)

    def _kill(self) -> Step:
        count = self._dice.choice((1, 1, 2, 3))
        return Step(kind="kill", victims=tuple(self._dice.sample(self._processes, count)))

    def _kill_at_a_step(self) -> Step:
        step = self._dice.choice(self._failpoints)
        part = step.partition(".")[0]
        victim = process(self._dice.choice(VICTIMS[part]), ROLE_OF[part], self._grouping)
        plan = f"{step}=kill@{self._dice.randint(1, 5)}"
        return Step(kind="kill at a step", victims=(victim,), detail=plan)

    def _kill_a_server(self) -> Step:
        """Sometimes a service dies with it."""
        server = self._dice.choice(SERVERS)
        beside = self._dice.sample(self._processes, self._dice.choice((0, 0, 1)))
        return Step(kind="kill", victims=(server, *beside))

    def _kill_a_session(self) -> Step:
        return Step(kind="kill a session", victims=(self._dice.choice(SERVICES),))

    def _freeze(self) -> Step:
        """Sometimes for so long that others take the process for dead."""
        victim = self._dice.choice((*SERVERS, *self._dice.sample(self._processes, 2)))
        return Step(kind="freeze", victims=(victim,), lasts=self._lasts(1, 12))

    def _stop(self) -> Step:
        return Step(kind="stop", victims=(self._dice.choice(self._processes),))

    def _work_beside(self) -> Step:
        """Two relays, two sweeps, or a consumer for whom the others have to make room."""
        service, role = (
            self._dice.choice(SERVICES),
            self._dice.choice(("relay", "consumer", "timers")),
        )
        return Step(kind="work beside", victims=(service,), lasts=self._lasts(4, 12), detail=role)

    def _cut(self) -> Step:
        return Step(kind="cut", victims=(self._dice.choice(SERVERS),))

    def _slow(self) -> Step:
        """Each piece takes its time, each way."""
        milliseconds = str(self._dice.choice((5, 20, 100)))
        victim = self._dice.choice(SERVERS)
        return Step(kind="slow", victims=(victim,), lasts=self._lasts(2, 10), detail=milliseconds)

    def _say_again(self) -> Step:
        return Step(kind="say again", victims=(self._dice.choice(TOPICS),))

    def _say_nonsense(self) -> Step:
        return Step(kind="say nonsense", victims=(self._dice.choice(TOPICS),))

    def _tamper(self) -> Step:
        to = self._dice.choice(("to the beginning", "to the end", "forget it"))
        return Step(kind="tamper", victims=(self._dice.choice(LISTENERS),), detail=to)

    def _bring_a_file(self) -> Step:
        return Step(
            kind="bring a file", victims=("leads",), detail=str(self._dice.randint(50, 500))
        )
