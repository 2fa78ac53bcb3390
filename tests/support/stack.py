"""A whole stack of a test's own, reached as a user reaches it: the command, HTTP, the read-only role."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shangji.ports import any_free

START_WITHIN = 240
COMMAND_WITHIN = 300
PORTS = (
    *("LEADS", "OPPORTUNITIES", "NOTIFICATIONS", "ANALYTICS"),
    *("POSTGRES", "KAFKA", "KAFKA_CONTROLLER"),
)


@dataclass(frozen=True)
class Shangji:
    """The command `shangji`, run against one home."""

    environment: dict[str, str]

    def run(self, *words: str, within: float = COMMAND_WITHIN) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        return subprocess.run(
            [sys.executable, "-m", "shangji", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def must(self, *words: str, within: float = COMMAND_WITHIN) -> str:
        """Run a command that has to succeed; what it printed."""
        done = self.run(*words, within=within)
        assert done.returncode == 0, f"shangji {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:
        """Run a command with `--json`; what a program reads."""
        return json.loads(self.must(*words, "--json"))


@contextmanager
def open_stack(home: Path, *options: str, **environment: str) -> Iterator[Shangji]:
    """A stack on free ports, brought down in the end."""
    shangji = Shangji(
        {**own_environment(), **free_ports(), "SHANGJI_HOME": str(home), **environment}
    )
    try:
        shangji.must("up", "--detach", *options, within=START_WITHIN)
        yield shangji
    finally:
        shangji.run("down", within=90)


def own_environment() -> dict[str, str]:
    """Ours, but bytecode is kept: most of the time that a process takes to start goes into making it."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": f"{sys.prefix}/bytecode"}


def free_ports() -> dict[str, str]:
    """A port for everything that listens, as the variables that say so."""
    taken: set[int] = set()
    ports: dict[str, str] = {}
    for name in PORTS:
        port = any_free(taken)
        taken.add(port)
        ports[f"SHANGJI_{name}_PORT"] = str(port)
    return ports
