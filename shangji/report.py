"""What `shangji status` tells."""

import asyncio
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from shangji.home import Home, read_json
from shangji.lock import is_held, same_process


async def current(home: Home) -> dict[str, Any]:
    """Gather the facts about the stack in a home."""
    state = read_json(home.state_file)
    if not state or not is_held(home):
        return {"running": False, "home": str(home.path), "services": {}, "processes": []}
    pids = {record["name"]: record["pid"] for record in state["processes"]}
    services = state.get("services", {})
    ready = await asyncio.gather(*(_is_ready(service["url"]) for service in services.values()))
    return {
        "running": True,
        "phase": state["phase"],
        "home": str(home.path),
        "infra": state.get("infra"),
        "services": {
            name: {
                "url": service["url"],
                "ready": answered,
                "pids": _by_group(name, service["processes"], pids),
                "log": service["log"],
            }
            for (name, service), answered in zip(services.items(), ready, strict=True)
        },
        "kafka": state.get("kafka", {}) | {"pid": pids.get("kafka")},
        "postgres": state.get("postgres", {}) | {"pid": pids.get("postgres")},
        "database": state.get("database", {}),
        "topic_prefix": state.get("topic_prefix"),
        "processes": [_process(record) for record in state["processes"]],
        "supervisor": {"pid": state["supervisor"]["pid"]},
    }


def _by_group(service: str, names: list[str], pids: dict[str, int]) -> dict[str, int | None]:
    return {
        name.removeprefix(f"{service}-") if name != service else "all": pids.get(name)
        for name in names
    }


async def _is_ready(url: str) -> bool:
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
        try:
            return (await client.get(f"{url}/readyz")).is_success
        except httpx.HTTPError:
            return False


def _process(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": record["name"],
        "pid": record["pid"],
        "rss_mb": _memory(record),
        "restarts": record["restarts"],
        "log": record["log"],
    }


def _memory(record: dict[str, Any]) -> float:
    """Return what the process and its own children hold, each shared page counted once a holder."""
    process = same_process(record["pid"] or 0, record["created_at"])
    if process is None:
        return 0.0
    held = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            held += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return round(held / 1024**2, 1)


def show(found: dict[str, Any], console: Console) -> None:
    """Print the facts for a person."""
    if not found["running"]:
        console.print(f"Shangji is not running ({found['home']}).", soft_wrap=True)
        return
    console.print(f"Shangji is {found['phase']} ({found['home']}).", soft_wrap=True)
    table = Table("process", "pid", "memory", "restarts", "log", box=None)
    for process in found["processes"]:
        memory = f"{process['rss_mb']:.0f} MB"
        cells = (process["name"], str(process["pid"]), memory, str(process["restarts"]))
        table.add_row(*cells, process["log"])
    console.print(table)
    for name, service in found["services"].items():
        word = "ready" if service["ready"] else "not ready"
        console.print(f"{name:<14} {service['url']} {word}", highlight=False)
