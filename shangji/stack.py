"""The running stack, as other commands see it: where everything is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shangji.errors import StartRefused
from shangji.home import Home, read_json
from shangji.infra.external import READONLY_URL, SIGNING_KEY
from shangji.lock import is_held
from shangji.names import SERVICES


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
    environment: dict[str, str]

    @classmethod
    def read(cls, home: Home | Path | None = None) -> "Stack":
        """Read the stack of a home, else the one the environment names, else of the default home."""
        if home is None and (named := cls.named_by(os.environ)):
            return named
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
    def named_by(cls, environment: Mapping[str, str]) -> "Stack | None":
        """Read a stack that others run, such as containers, from SHANGJI_LEADS_URL and its like."""
        addresses = {service: f"SHANGJI_{service.upper()}_URL" for service in SERVICES}
        if not any(environment.get(name) for name in addresses.values()):
            return None
        needed = [*addresses.values(), SIGNING_KEY, READONLY_URL]
        if missing := [name for name in needed if not environment.get(name)]:
            raise StartRefused(f"A stack that others run needs {', '.join(missing)} to be set.")
        home = Home.default().path
        return cls(
            home=home,
            phase="running",
            infra="external",
            demo=False,
            supervisor_pid=0,
            kafka_bootstrap=environment.get("SHANGJI_KAFKA_BOOTSTRAP", ""),
            topic_prefix=environment.get("SHANGJI_TOPIC_PREFIX", "shangji."),
            readonly_url=environment[READONLY_URL],
            service_urls={
                service: environment[name].rstrip("/") for service, name in addresses.items()
            },
            token_private_key=Path(environment[SIGNING_KEY]),
            environment={
                name: value for name, value in environment.items() if name.startswith("SHANGJI_")
            },
        )

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
            token_private_key=home.token_private_key,
            environment=state["environment"],
        )

    def url(self, service: str) -> str:
        """Return the base address of a service's HTTP API."""
        return self.service_urls[service]

    def database_url(self, service: str) -> str:
        """Return the DSN a service works with; for operator commands such as `replay`."""
        return self.environment[f"SHANGJI_{service.upper()}_DATABASE_URL"]
