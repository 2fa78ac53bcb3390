"""How long it took until work went on, from what was seen outside."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.support.watch import Watch

CONSUMER = "a consumer's work, after its process was killed"
RELAY = "a relay's work, after its process was killed"
TAKEOVER = "a relay's work, after it froze with another beside it"
BROKER = "relays and consumers, after the broker accepts connections"
DATABASE = "relays and consumers, after the database accepts connections"
COMMANDS = "commands, after the database accepts connections"
DRAIN = "events that waited, until everybody has heard them and what they brought about"

WITHIN = {
    CONSUMER: 10.0,
    RELAY: 6.0,
    TAKEOVER: 6.0,
    BROKER: 5.0,
    DATABASE: 5.0,
    COMMANDS: 5.0,
    DRAIN: 60.0,
}
"""The seconds that are wanted of each."""

TALKATIVE = ("leads", "opportunities", "notifications")
LISTENING = ("leads", "opportunities", "notifications", "analytics")
WORKERS = (
    *(f"{service} relay" for service in TALKATIVE),
    *(f"{service} consumer" for service in LISTENING),
)


@dataclass
class Recoveries:
    """Seconds of each recovery, by what recovered."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, began: float | None, ended: float | None) -> None:
        """Add one, if it has come to its end."""
        if began is not None and ended is not None:
            self.seconds[what].append(ended - began)

    def __str__(self) -> str:
        head = f"{'':80} {'n':>4} {'median':>7} {'p95':>7} {'max':>7} {'wanted':>7}"
        return "\n".join([head, *(self._line(what) for what in WITHIN if self.seconds[what])])

    def _line(self, what: str) -> str:
        took = sorted(self.seconds[what])
        numbers = (median(took), percentile(took, 0.95), took[-1], WITHIN[what])
        return f"{what:80} {len(took):4} " + " ".join(f"{number:6.1f}s" for number in numbers)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest that is not less than this share of all."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def of_kills(watch: Watch, killed: Iterable[tuple[float, str]]) -> Recoveries:
    """What the watch saw after each of these kills, whatever else was done meanwhile."""
    found = Recoveries()
    for at, name in killed:
        service, _, role = name.partition("-")
        if name in ("kafka", "postgres"):
            _of_server(found, watch, name, at)
        if service in LISTENING and role in ("", "consumer"):
            found.add(CONSUMER, at, watch.next_progress(f"{service} consumer", at))
        if service in TALKATIVE and role in ("", "relay"):
            found.add(RELAY, at, watch.next_progress(f"{service} relay", at))
    return found


def _of_server(found: Recoveries, watch: Watch, name: str, at: float) -> None:
    answered = watch.next_answer(name, at)
    if answered is None:
        return
    for worker in WORKERS:
        what = BROKER if name == "kafka" else DATABASE
        found.add(what, answered, watch.next_progress(worker, answered))
    if name == "postgres":
        found.add(COMMANDS, answered, watch.next_progress("commands", answered))
