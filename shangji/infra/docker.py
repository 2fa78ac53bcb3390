"""PostgreSQL and Kafka in containers: the two servers of the compose file, reached from this machine.

`docker compose up` runs as a child like any other server: its output is the log, and its end is
theirs. What other entries of the compose file need is given to it as well, as it reads all of them.
"""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from shangji.child import ChildSpec, ready
from shangji.errors import StartRefused
from shangji.home import Home
from shangji.infra import kafka, postgres
from shangji.infra.embedded import StartChild
from shangji.infra.privileges import launcher
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.ports import LOOPBACK

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE_FILES = (CHECKOUT / "docker-compose.yml", CHECKOUT / "deploy" / "compose.host.yml")
CONTAINERS = ("postgres", "kafka")


def engine_answers() -> bool:
    """Say whether a Docker engine can be used from here."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        asked = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


async def start(
    home: Home, ports: dict[str, int], passwords: dict[str, str], start_child: StartChild
) -> tuple[PostgresServer, KafkaServer]:
    """Start both containers and return where they are reached."""
    if not await asyncio.to_thread(engine_answers):
        raise StartRefused(
            "No Docker engine answers here. Start one, or use `shangji up --infra embedded`, which "
            "needs none."
        )
    run = spec(home, ports, passwords)
    await _create(home, run)
    database = PostgresServer(
        host=LOOPBACK,
        port=ports["postgres"],
        admin=postgres.ADMIN,
        password=passwords[postgres.ADMIN],
        log=run.log,
    )
    broker = KafkaServer(bootstrap=f"{LOOPBACK}:{ports['kafka']}", log=run.log)
    child = await start_child(run)
    await ready(child, postgres.wait_ready(database))
    await ready(child, kafka.wait_ready(broker))
    return database, broker


def spec(home: Home, ports: dict[str, int], passwords: dict[str, str]) -> ChildSpec:
    """Return how the containers of one home are run; each home has volumes of its own."""
    environment = {f"{role.upper()}_PASSWORD": secret for role, secret in passwords.items()}
    environment |= {f"SHANGJI_{name.upper()}_PORT": str(ports[name]) for name in CONTAINERS}
    return ChildSpec(
        name="containers",
        argv=[*launcher(signal.SIGTERM, None), *_compose(home), "up", "--no-color", *CONTAINERS],
        log=home.log("containers"),
        env=environment,
        stop_within=60.0,
    )


def _compose(home: Home) -> list[str]:
    project = hashlib.sha256(str(home.path).encode()).hexdigest()[:8]
    files = [word for file in COMPOSE_FILES for word in ("--file", str(file))]
    return ["docker", "compose", "--project-name", f"shangji-{project}", *files]


async def _create(home: Home, run: ChildSpec) -> None:
    """Make the containers, fetching their images first: that takes as long as it takes."""
    process = await asyncio.create_subprocess_exec(
        *(*_compose(home), "create", *CONTAINERS),
        env={**os.environ, **run.env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    if process.returncode != 0:
        said = " · ".join(errors.decode(errors="replace").strip().splitlines()[-2:])
        raise StartRefused(f"`docker compose create` failed: {said}")
