"""What is remembered of a demo in its stack's home: when its year ended, and whom to sign in as."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from shangji.home import read_json, write_json

SEED = 20260217
PASSWORD = "shangji-demo-2026"  # noqa: S105 - of invented people, printed on every start
FILE = "demo.json"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody to sign in as."""

    role: str
    username: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """What was planted in the year, and where to see it."""

    stalled_region: str
    stalled_from: str
    stalled_to: str
    hoarder: str
    hoarders_lead: str
    """Username of who leads the hoarder."""
    leaver: str
    leaver_id: str
    contested_customer_id: str


@dataclass(frozen=True, kw_only=True)
class DemoRecord:
    """One demo; loading it again with the same day and seed changes nothing."""

    today: date
    seed: int = SEED
    loaded: bool = False
    actors: tuple[Actor, ...] = field(default=())
    incidents: Incidents | None = None

    @classmethod
    def read(cls, home: Path) -> "DemoRecord | None":
        """The demo of a home, if it has one."""
        found = read_json(home / FILE)
        if not found:
            return None
        return cls(
            today=date.fromisoformat(found["today"]),
            seed=found["seed"],
            loaded=found["loaded"],
            actors=tuple(Actor(**actor) for actor in found["actors"]),
            incidents=Incidents(**told) if (told := found.get("incidents")) else None,
        )

    def write(self, home: Path) -> None:
        """Remember it."""
        write_json(home / FILE, {**asdict(self), "today": self.today.isoformat()})
