"""Loopback ports: configured, else the one used last time, else a preferred one, else any free."""

import os
import socket
from collections.abc import Callable, Collection

from shangji.errors import StartRefused
from shangji.home import Home, read_json, write_json

LOOPBACK = "127.0.0.1"
PREFERRED = {
    "postgres": 15432,
    "kafka": 19092,
    "leads": 8101,
    "opportunities": 8102,
    "notifications": 8103,
    "analytics": 8104,
}


def settle(home: Home, names: list[str], say: Callable[[str], None]) -> dict[str, int]:
    """Give each name a free port and remember the choice for the next start."""
    remembered = read_json(home.ports_file)
    chosen: dict[str, int] = {}
    for name in names:
        chosen[name] = _choose(name, remembered.get(name), set(chosen.values()), say)
    write_json(home.ports_file, remembered | chosen)
    return chosen


def _choose(name: str, last: int | None, taken: set[int], say: Callable[[str], None]) -> int:
    variable = f"SHANGJI_{name.upper()}_PORT"
    if configured := os.environ.get(variable):
        return _configured(variable, configured)
    for candidate in (last, PREFERRED.get(name)):
        if candidate and candidate not in taken and is_free(candidate):
            return candidate
    port = any_free(taken)
    if last:
        say(f"Port {last} of {name} is taken by another program; it uses {port} now.")
    return port


def _configured(variable: str, value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise StartRefused(f"{variable} is {value!r}, which is no port number.")
    if not is_free(int(value)):
        raise StartRefused(
            f"Port {value} ({variable}) is taken by another program; stop that program, or choose "
            "another port."
        )
    return int(value)


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free(taken: Collection[int] = ()) -> int:
    """Return a port that nobody listens on now."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
