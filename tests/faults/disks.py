"""Disks without room, wherever a test runs: no mount, no quota, no rights but the server's own."""

import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from shangji.infra.privileges import launcher, unprivileged_account
from tests.faults.rig import Rig

FULL = "/dev/full"


@asynccontextmanager
async def no_room_for(rig: Rig, *tables: str) -> AsyncIterator[None]:
    """Whoever adds to one of these tables finds the disk full, and the error is the kernel's own.

    Behind each of them a table fills up with it whose file is `/dev/full`, where PostgreSQL asks for
    more room and gets none. In the end that file is an ordinary one again: there is room.
    """
    async with rig.administrator() as administrator:
        files = [await _brim(rig, administrator, table) for table in tables]
        # A file that waits for its first checkpoint is an ordinary one until then.
        await administrator.execute("CHECKPOINT")
        for file in files:
            file.unlink()
            file.symlink_to(FULL)
        for table in tables:
            await administrator.execute(
                f"""
                CREATE TRIGGER brim AFTER INSERT ON {table}
                   FOR EACH STATEMENT EXECUTE FUNCTION {table}_brim()
                """
            )
    try:
        yield
    finally:
        async with rig.administrator() as administrator:
            for table, file in zip(tables, files, strict=True):
                file.unlink()
                file.touch()
                await administrator.execute(f"TRUNCATE {table}_brim")
            for table in tables:
                await administrator.execute(f"DROP TRIGGER brim ON {table}")
                await administrator.execute(f"DROP FUNCTION {table}_brim")
                await administrator.execute(f"DROP TABLE {table}_brim")


async def _brim(rig: Rig, administrator: "asyncpg.Connection[Any]", table: str) -> Path:
    """A table that is to be full, and the function that adds to it; where its file lies."""
    await administrator.execute(
        f"""
        CREATE TABLE {table}_brim (drop int);
        CREATE FUNCTION {table}_brim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            INSERT INTO {table}_brim VALUES (1);
            RETURN NULL;
        END $$
        """
    )
    path = await administrator.fetchval("SELECT pg_relation_filepath($1)", f"{table}_brim")
    return rig.stack.home / "postgres" / path


def let_no_file_grow(rig: Rig, name: str) -> None:
    """From now on no process of a server may write beyond the first page of a file, until it dies."""
    account = unprivileged_account() if name == "postgres" else None
    leader = psutil.Process(rig.process(name)["pid"])
    for member in (leader, *leader.children(recursive=True)):
        subprocess.run(
            [
                *launcher(signal.SIGTERM, account),
                *("prlimit", f"--pid={member.pid}", "--fsize=4096:unlimited"),
            ],
            check=False,  # some end while they are counted
        )
