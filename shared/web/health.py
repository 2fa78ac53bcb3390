"""What a supervisor and a scraper ask: alive, ready, and the numbers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import orjson
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[None]]
"""Raises when the process cannot do its work."""

PATIENCE_SECONDS = 3


def router(checks: Mapping[str, Check], *, stop: asyncio.Event) -> APIRouter:
    """/livez, /readyz and /metrics."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get("/readyz")
    async def readyz() -> Response:
        found = dict(zip(checks, await asyncio.gather(*map(_try, checks.values())), strict=True))
        if stop.is_set():
            found["process"] = "stopping"
        ready = all(result == "ok" for result in found.values())
        body = orjson.dumps({"status": "ready" if ready else "not ready", "checks": found})
        return Response(body, 200 if ready else 503, media_type="application/json")

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _try(check: Check) -> str:
    try:
        await asyncio.wait_for(check(), PATIENCE_SECONDS)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is the answer
        return type(problem).__name__
    return "ok"
