"""The least that could be called an endpoint for leads: FastAPI, asyncpg, two rows, one transaction.

`python -m shangji.bench.bare PORT` with the database's address in SHANGJI_BENCH_DATABASE_URL; what
`POST /leads` is compared with.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel

from shangji.bench.yard import SCHEMA, Yard
from shangji.infra.privileges import launcher
from shangji.ports import LOOPBACK, any_free
from shared.ids import new_id

DATABASE_URL = "SHANGJI_BENCH_DATABASE_URL"
START_WITHIN = 30.0
TABLES = f"""
CREATE TABLE {SCHEMA}.lead (
    id uuid PRIMARY KEY, name text, phone text, mail text, company_name text, region text,
    industry text, source text, captured_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE {SCHEMA}.event (id uuid PRIMARY KEY, lead_id uuid NOT NULL, body bytea NOT NULL);
"""


class Lead(BaseModel):
    """The fields the load sends."""

    name: str
    phone: str
    mail: str
    company_name: str
    region: str
    industry: str
    source: str


@asynccontextmanager
async def serving(yard: Yard) -> AsyncIterator[int]:
    """The endpoint in a process of its own, on the yard's PostgreSQL; its port."""
    await yard.admin.execute(TABLES)
    port = any_free()
    process = await asyncio.create_subprocess_exec(
        *(*launcher(signal.SIGTERM, None), sys.executable, "-m", "shangji.bench.bare", str(port)),
        env={**os.environ, DATABASE_URL: yard.database_url},
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START_WITHIN), httpx.AsyncClient(trust_env=False) as client:
            while not await _answers(client, port):  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(0.05)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://{LOOPBACK}:{port}/")).status_code > 0
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ[DATABASE_URL], min_size=12, max_size=12) as pool:
        app.state.pool = pool
        yield


async def take(lead: Lead, request: Request) -> dict[str, Any]:
    """Insert the lead and its event."""
    lead_id = new_id()
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            f"""
            INSERT INTO {SCHEMA}.lead
                   (id, name, phone, mail, company_name, region, industry, source)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,  # noqa: S608 - a name of our own
            *(lead_id, lead.name, lead.phone, lead.mail, lead.company_name),
            *(lead.region, lead.industry, lead.source),
        )
        await connection.execute(
            f"INSERT INTO {SCHEMA}.event (id, lead_id, body) VALUES ($1, $2, $3)",  # noqa: S608
            *(new_id(), lead_id, lead.model_dump_json().encode()),
        )
    return {"id": lead_id}


def main() -> None:
    """Serve until told to stop."""
    app = FastAPI(lifespan=_lifespan)
    app.post("/leads", status_code=201)(take)
    uvicorn.run(
        app, host=LOOPBACK, port=int(sys.argv[1]), loop="uvloop", access_log=False, log_config=None
    )


if __name__ == "__main__":
    main()
