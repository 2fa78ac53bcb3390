"""The four service processes: how they are addressed, configured, run and found ready."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator

import httpx

from shangji.child import ChildSpec
from shangji.errors import StartRefused
from shangji.home import Home
from shangji.infra.privileges import launcher
from shangji.infra.servers import KafkaServer
from shangji.journal import tail
from shangji.names import SERVICES
from shangji.ports import LOOPBACK
from shangji.supervisor import GROUPINGS

READY_WITHIN = 60.0


def topic_prefix() -> str:
    return os.environ.get("SHANGJI_TOPIC_PREFIX", "shangji.")


def environment(
    home: Home, kafka: KafkaServer, databases: dict[str, str], ports: dict[str, int], *, demo: bool
) -> dict[str, str]:
    """Return what every service process is told through its environment."""
    addresses: dict[str, str] = {}
    for service in SERVICES:
        addresses[f"SHANGJI_{service.upper()}_HOST"] = LOOPBACK
        addresses[f"SHANGJI_{service.upper()}_PORT"] = str(ports[service])
    return {
        "SHANGJI_HOME": str(home.path),
        "SHANGJI_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "SHANGJI_TOPIC_PREFIX": topic_prefix(),
        "SHANGJI_TOKEN_PUBLIC_KEYS": str(home.token_public_keys),
        "SHANGJI_LOG_FORMAT": os.environ.get("SHANGJI_LOG_FORMAT", "json"),
        "SHANGJI_DEMO": "1" if demo else "0",
        **addresses,
        **databases,
    }


def process_name(service: str, group: str) -> str:
    return service if group == "all" else f"{service}-{group}"


def specs(home: Home, common: dict[str, str]) -> Iterator[tuple[str, ChildSpec]]:
    """Yield each process of each service with the service it belongs to."""
    chosen = os.environ.get("SHANGJI_PROCESSES", "together")
    if chosen not in GROUPINGS:
        raise StartRefused(f"SHANGJI_PROCESSES is {chosen!r}; it may be {' or '.join(GROUPINGS)}.")
    for service in SERVICES:
        for group, roles in GROUPINGS[chosen].items():
            name = process_name(service, group)
            words = ["-m", "shared.runner", f"services.{service}", "--roles", ",".join(roles)]
            yield (
                service,
                ChildSpec(
                    name=name,
                    argv=[*launcher(signal.SIGTERM, None), sys.executable, *words],
                    log=home.log(name),
                    env=_of_service(home, service, common) | _plans_of(name),
                ),
            )


def _of_service(home: Home, service: str, common: dict[str, str]) -> dict[str, str]:
    """Shut the doors that are not this service's: other schemas, any owner, keys of others."""
    own_door = f"SHANGJI_{service.upper()}_DATABASE_URL"
    doors = [key for key in common if key.endswith(("_DATABASE_URL", "_MIGRATION_URL"))]
    shut = {key: "" for key in doors if key != own_door}
    return common | shut | _keys_of(service, home) | {"PYTHONUNBUFFERED": "1"}


def _keys_of(service: str, home: Home) -> dict[str, str]:
    match service:
        case "opportunities":
            return {"SHANGJI_TOKEN_PRIVATE_KEY": str(home.token_private_key)}
        case "leads":
            return {"SHANGJI_SEALING_KEYS": str(home.sealing_keys)}
        case _:
            return {}


def _plans_of(process: str) -> dict[str, str]:
    """Where a test that runs with SHANGJI_FAIL_DIR lays down what is to happen to this process."""
    plans = os.environ.get("SHANGJI_FAIL_DIR")
    return {"SHANGJI_FAIL_FILE": f"{plans}/{process}"} if plans else {}


async def run_once(home: Home, name: str, words: list[str], env: dict[str, str]) -> None:
    """Run a command of the platform to its end, such as the migrations; refuse when it fails."""
    log = home.log(name)
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            env={**os.environ, **env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
    if code != 0:
        raise StartRefused(f"`{' '.join(words)}` failed: {tail(log, 1)} (more in {log})")


async def wait_ready(service: str, url: str) -> None:
    """Wait until a service says it can work."""
    deadline = time.monotonic() + READY_WITHIN
    said = "no answer"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while time.monotonic() < deadline:
            try:
                answer = await client.get(f"{url}/readyz")
            except httpx.HTTPError as error:
                said = type(error).__name__
            else:
                if answer.is_success:
                    return
                said = f"{answer.status_code} {answer.text[:200]}"
            await asyncio.sleep(0.1)
    raise StartRefused(f"{service} was not ready within {READY_WITHIN:.0f} s: {url}/readyz: {said}")
