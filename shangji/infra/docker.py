"""PostgreSQL and Kafka in containers, through the compose file of the checkout."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

from shangji.errors import StartRefused
from shangji.infra.servers import KafkaServer, PostgresServer

COMPOSE_FILES = ("compose.yaml", "deploy/compose.yaml")
CHECKOUT = Path(__file__).resolve().parents[2]


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


async def start() -> tuple[PostgresServer, KafkaServer]:
    """Start both containers and return where they are reached."""
    if not await asyncio.to_thread(engine_answers):
        raise StartRefused(
            "No Docker engine answers here. Start one, or use `shangji up --infra embedded`, which "
            "needs none."
        )
    await _compose("up", "--detach", "--wait", "postgres", "kafka")
    postgres_port = await _published("postgres", 5432)
    kafka_port = await _published("kafka", 9092)
    postgres = PostgresServer(
        host="127.0.0.1",
        port=postgres_port,
        admin=os.environ.get("POSTGRES_USER", "postgres"),
        password=os.environ.get("POSTGRES_PASSWORD", "postgres"),
    )
    return postgres, KafkaServer(bootstrap=f"127.0.0.1:{kafka_port}")


async def _published(service: str, port: int) -> int:
    answer = await _compose("port", service, str(port))
    return int(answer.strip().rpartition(":")[2])


async def _compose(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *("docker", "compose", "--file", str(_compose_file()), *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode != 0:
        said = " · ".join(errors.decode(errors="replace").strip().splitlines()[-2:])
        raise StartRefused(f"`docker compose {' '.join(words)}` failed: {said}")
    return output.decode()


def _compose_file() -> Path:
    for name in COMPOSE_FILES:
        if (found := CHECKOUT / name).exists():
            return found
    raise StartRefused(f"There is no {' or '.join(COMPOSE_FILES)} in {CHECKOUT}.")
