"""Keeps the children of one stack running, tells who they are, and stops them in order."""

import asyncio
import contextlib
import os
import signal
from enum import IntEnum
from typing import Any

import psutil

from shangji.child import Child, ChildSpec
from shangji.home import Home, read_json, write_json
from shangji.journal import Journal
from shangji.lock import same_process
from shangji.names import ROLES

# Which roles of a service share a process. SHANGJI_PROCESSES chooses a row.
GROUPINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "together": {"all": ROLES},
    "split": {role: (role,) for role in ROLES},
}


class Layer(IntEnum):
    """What stands on what: started upwards, stopped downwards."""

    SERVERS = 0
    SERVICES = 1
    FEEDERS = 2


class Supervisor:
    """The children of one stack and the record of them in `state.json`."""

    def __init__(self, home: Home, journal: Journal) -> None:
        self.hurry = asyncio.Event()
        self.facts: dict[str, Any] = {"phase": "starting"}
        self._home = home
        self._journal = journal
        self._children: list[tuple[Layer, Child]] = []

    async def start(self, layer: Layer, spec: ChildSpec) -> Child:
        """Start a child and keep it running."""
        child = Child(spec, say=self._journal.say, changed=self.record)
        self._children.append((layer, child))
        await child.start()
        return child

    def tell(self, **facts: Any) -> None:
        """Add to what `state.json` says about the stack."""
        self.facts |= facts
        self.record()

    def record(self) -> None:
        """Write `state.json` as things are now."""
        processes = [
            {
                "name": child.spec.name,
                "pid": child.pid,
                "created_at": child.created_at,
                "restarts": child.restarts,
                "stop_signal": child.spec.stop_signal.value,
                "log": str(child.spec.log),
            }
            for _, child in self._children
        ]
        me = {"pid": os.getpid(), "created_at": psutil.Process().create_time()}
        content = self.facts | {"supervisor": me, "processes": processes}
        try:
            write_json(self._home.state_file, content)
        except OSError as error:
            self._journal.say(
                f"The record {error.filename} could not be written: {error.strerror}."
            )

    async def stop_all(self) -> None:
        """Stop every child, the upper layers first, and remove the record."""
        self.tell(phase="stopping")
        for layer in sorted(Layer, reverse=True):
            children = [child for where, child in self._children if where is layer]
            await asyncio.gather(*(child.stop(self.hurry) for child in children))
        self._home.state_file.unlink(missing_ok=True)


async def stop_leftovers(home: Home) -> str | None:
    """End what a supervisor left behind that was killed itself; say what was found."""
    state = read_json(home.state_file)
    if not state:
        return None
    before = state.get("supervisor", {}).get("pid", "unknown")
    count = await asyncio.to_thread(_end_recorded, state)
    home.state_file.unlink(missing_ok=True)
    if not count:
        return (
            f"The last supervisor (pid {before}) ended without cleaning up; its record is removed."
        )
    return (
        f"The last supervisor (pid {before}) ended without stopping its processes; "
        f"{count} of them were still there and are stopped now."
    )


def _end_recorded(state: dict[str, Any]) -> int:
    found: list[psutil.Process] = []
    for record in state.get("processes", []):
        process = same_process(record["pid"] or 0, record["created_at"])
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.Signals(record["stop_signal"]))
                found.append(process)
    _, alive = psutil.wait_procs(found, timeout=20)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return len(found)
