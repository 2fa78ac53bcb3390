"""The command as a person runs it: a process of its own, in a home of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.support.stack import own_environment

T = TypeVar("T")

INFRASTRUCTURE_ONLY = ("up", "--no-services", "--no-demo")


class Shangji:
    """The command line in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *words: str, **variables: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "shangji", *words],
            env={
                **own_environment(),
                "SHANGJI_HOME": str(self.home),
                "COLUMNS": "200",
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *words: str, **variables: str) -> tuple[int, str]:
        """Run a command to its end and return its exit code and what it said."""
        process = self.start(*words, **variables)
        said, _ = process.communicate(timeout=120)
        assert "Traceback" not in said
        return process.returncode, said.strip()

    def until(self, what: str, probe: Callable[[], T | None], within: float = 60.0) -> T:
        """Return what the probe finds, or fail saying what was waited for."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if found := probe():
                return found
            time.sleep(0.05)
        pytest.fail(f"waited {within:.0f} s for {what}")

    def up(self) -> "subprocess.Popen[str]":
        """Start the servers and wait until they run."""
        process = self.start(*INFRASTRUCTURE_ONLY)
        self.until("the stack to run", lambda: self.is_running() or process.poll() is not None)
        assert process.poll() is None, process.communicate()[0]
        return process

    def is_running(self) -> bool:
        return self.state().get("phase") == "running"

    def state(self) -> dict[str, Any]:
        file = self.home / "state.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def status(self) -> dict[str, Any]:
        code, said = self.run("status", "--json")
        assert code == 0
        return json.loads(said)

    def stop(self) -> str:
        """Stop whatever runs, as Ctrl-C would, and return what it said."""
        said = ""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                said += process.communicate(timeout=60)[0]
        self.run("down")
        return said
