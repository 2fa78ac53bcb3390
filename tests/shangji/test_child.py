"""How one child process is kept."""

import asyncio
import signal
from pathlib import Path

import psutil
import pytest

from shangji import child
from shangji.child import Child, ChildSpec, ready
from shangji.errors import StartRefused


def sh(tmp_path: Path, script: str, **more: float) -> ChildSpec:
    log = tmp_path / "child.log"
    return ChildSpec(name="worker", argv=["/bin/sh", "-c", script], log=log, **more)  # pyright: ignore[reportArgumentType]


async def never() -> None:
    await asyncio.Event().wait()


@pytest.fixture
def said() -> list[str]:
    return []


def kept(spec: ChildSpec, said: list[str]) -> Child:
    return Child(spec, say=said.append, changed=lambda: None)


async def test_a_child_that_only_dies_is_given_up_with_its_last_words(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "FIRST_PAUSE", 0.01)
    worker = kept(sh(tmp_path, "echo no room left; exit 3"), said)
    await worker.start()

    with pytest.raises(StartRefused, match=r"worker ends as soon as it is started: .*no room left"):
        await ready(worker, never())

    await worker.stop(asyncio.Event())
    assert said[:2] == [
        "worker ended with exit code 3; starting it again in 0.0 s.",
        "worker ended with exit code 3; starting it again in 0.0 s.",
    ]


async def test_the_pauses_between_restarts_grow_to_a_bound(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(child, "LONGEST_PAUSE", 0.3)
    worker = kept(sh(tmp_path, "exit 1"), said)

    await worker.start()
    await asyncio.wait_for(worker.hopeless.wait(), timeout=20)

    await worker.stop(asyncio.Event())
    pauses = [line.rpartition(" in ")[2] for line in said]
    assert pauses[:4] == ["0.1 s.", "0.2 s.", "0.3 s.", "0.3 s."]


async def test_a_child_that_will_not_end_is_killed_when_its_time_is_up(
    tmp_path: Path, said: list[str]
) -> None:
    worker = kept(sh(tmp_path, "trap '' TERM; while :; do sleep 60; done", stop_within=0.2), said)
    await worker.start()
    pid = worker.pid

    await worker.stop(asyncio.Event())

    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert said == ["worker did not stop in time; it is being killed."]


async def test_a_stopped_child_stays_stopped(tmp_path: Path, said: list[str]) -> None:
    worker = kept(sh(tmp_path, "exec sleep 60"), said)
    await worker.start()

    await worker.stop(asyncio.Event())

    assert (worker.pid, worker.restarts, said) == (None, 0, [])


async def test_what_a_killed_child_leaves_behind_goes_with_it(
    tmp_path: Path, said: list[str]
) -> None:
    mark = tmp_path / "grandchild"
    worker = kept(
        sh(tmp_path, f"sleep 60 & echo $! > {mark}.new; mv {mark}.new {mark}; wait"), said
    )
    await worker.start()
    async with asyncio.timeout(10):
        while not mark.exists():
            await asyncio.sleep(0.01)
    grandchild = psutil.Process(int(mark.read_text()))
    mark.unlink()

    psutil.Process(worker.pid).send_signal(signal.SIGKILL)

    assert await asyncio.to_thread(psutil.wait_procs, [grandchild], 10) == ([grandchild], [])
    await worker.stop(asyncio.Event())
