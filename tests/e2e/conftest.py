"""A whole stack of its own, reached only as a user would: the command, HTTP, the read-only role."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shangji.ports import any_free

START_WITHIN = 240
COMMAND_WITHIN = 300


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


@pytest.fixture(scope="session")
def start_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start stacks of their own on free ports; all of them end with the run."""
    started: list[Shangji] = []

    def start(*options: str, **environment: str) -> Shangji:
        taken: set[int] = set()
        ports: dict[str, str] = {}
        for name in (
            *("LEADS", "OPPORTUNITIES", "NOTIFICATIONS", "ANALYTICS"),
            *("POSTGRES", "KAFKA", "KAFKA_CONTROLLER"),
        ):
            port = any_free(taken)
            taken.add(port)
            ports[f"SHANGJI_{name}_PORT"] = str(port)
        home = tmp_path_factory.mktemp("stack")
        shangji = Shangji({**os.environ, **ports, "SHANGJI_HOME": str(home), **environment})
        started.append(shangji)
        shangji.must("up", "--detach", *options, within=START_WITHIN)
        return shangji

    yield start
    for shangji in started:
        shangji.must("down", within=60)


@pytest.fixture(scope="session")
def stack(start_stack: Any) -> Shangji:
    """An empty stack, shared by all who neither need one of their own nor mind what others did to it."""
    shangji: Shangji = start_stack("--no-demo")
    return shangji


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; it lies beside the project, never in it."""
    folder = os.environ.get("SHANGJI_DATA")
    if not folder:
        pytest.skip("SHANGJI_DATA does not name the folder of real data")
    return Path(folder)
