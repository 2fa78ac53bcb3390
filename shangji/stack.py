"""The running stack, as other commands see it: where everything is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shangji.errors import StartRefused
from shangji.home import Home, read_json
from shangji.lock import is_held


class NotRunning(StartRefused):
    """A command needs a running stack and there is none in this home."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One running stack: service addresses, broker, read access, keys."""

    home: Path
    phase: str
    infra: str
    demo: bool
    supervisor_pid: int
    kafka_bootstrap: str
    topic_prefix: str
    readonly_url: str
    service_urls: dict[str, str]
    token_private_key: Path
    token_public_keys: Path
    environment: dict[str, str]

    @classmethod
    def read(cls, home: Home | Path | None = None) -> "Stack":
        """Read the stack that runs in a home, the default one unless told; refuse if none does."""
        where = Home.default() if home is None else home if isinstance(home, Home) else Home(home)
        state = read_json(where.state_file)
        if not state or not is_held(where):
            raise NotRunning(f"Shangji is not running ({where.path}); start it with `shangji up`.")
        if state.get("phase") != "running":
            raise NotRunning(
                f"Shangji is still {state.get('phase')} ({where.path}); try again soon."
            )
        return cls.of(where, state)

    @classmethod
    def of(cls, home: Home, state: dict[str, Any]) -> "Stack":
        """Read a stack from its recorded state."""
        return cls(
            home=home.path,
            phase=state["phase"],
            infra=state["infra"],
            demo=state["demo"],
            supervisor_pid=state["supervisor"]["pid"],
            kafka_bootstrap=state["kafka"]["bootstrap"],
            topic_prefix=state["topic_prefix"],
            readonly_url=state["database"]["readonly_url"],
            service_urls={name: service["url"] for name, service in state["services"].items()},
            token_private_key=home.keys / "token_private.json",
            token_public_keys=home.keys / "token_public.json",
            environment=state["environment"],
        )

    def url(self, service: str) -> str:
        """Return the base address of a service's HTTP API."""
        return self.service_urls[service]

    def database_url(self, service: str) -> str:
        """Return the DSN a service works with; for operator commands such as `replay`."""
        return self.environment[f"SHANGJI_{service.upper()}_DATABASE_URL"]
