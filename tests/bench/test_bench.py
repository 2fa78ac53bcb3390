"""`shangji bench` from outside: numbers come out of it, and nothing is left of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest


def bench(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command where its temporary files can be seen."""
    return subprocess.run(
        [sys.executable, "-m", "shangji", "bench", *words],
        env={**os.environ, "TMPDIR": str(folder), "SHANGJI_HOME": str(folder / "mine")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.slow
def test_a_quick_run_measures_and_leaves_nothing(tmp_path: Path):
    folder = tmp_path / "temporary"
    folder.mkdir()

    done = bench(folder, "--quick", "--json", "-", "submit", "idle")

    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)["measurements"]
    assert {line["figure"] for line in lines} == {"submit", "idle"}
    assert all(line["value"]["median"] > 0 for line in lines)
    assert [line["limit"]["median"] > 0 for line in lines if line["limit"]] == [True, True]
    assert list(folder.iterdir()) == []
    assert not [process.pid for process in psutil.process_iter() if _belongs(process, folder)]


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get("TMPDIR") == str(folder)
    except psutil.Error:
        return False


def test_a_figure_that_does_not_exist_is_refused(tmp_path: Path):
    done = bench(tmp_path, "submit", "speed")

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "'speed' is none of submit, import, relay, latency, consume, rebuild, duplicates, pools, scoring, idle."
    )
