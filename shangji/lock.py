"""One supervisor per home: a kernel lock says who is alive, a record beside it says who."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import psutil

from shangji.errors import StartRefused
from shangji.home import Home


@contextmanager
def only_supervisor(home: Home) -> Iterator[None]:
    """Hold the home for as long as the block lasts, or refuse because somebody else does."""
    with home.lock_file.open("a+") as file:
        if not _try_lock(file):
            raise StartRefused(_already_running(file, home))
        _record_self(file)
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def is_held(home: Home) -> bool:
    """Say whether a supervisor is alive in this home."""
    if not home.lock_file.exists():
        return False
    with home.lock_file.open("a+") as file:
        return not _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _record_self(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()


def _already_running(file: IO[str], home: Home) -> str:
    file.seek(0)
    pid = file.read().strip()
    return f"Shangji is already running (pid {pid or 'unknown'}, {home.path}); stop it with `shangji down`."


def same_process(pid: int, created_at: float) -> psutil.Process | None:
    """Return the process of that id if it is the one that was recorded, not a later namesake."""
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process if alive and abs(process.create_time() - created_at) < 1 else None
    except psutil.NoSuchProcess:
        return None
