"""Server-sent events of a service, followed over lost connections."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from shangji.client import (
    PATIENCE,
    POLL_EVERY,
    RESTART_WITHIN,
    UNAVAILABLE,
    Client,
    Refused,
)

SILENCE = 45.0
"""Seconds without a sign of life, which a service gives every fifteen: the connection is dead."""


@dataclass(frozen=True)
class Said:
    """One event of a stream."""

    name: str
    id: str
    data: Any


async def follow(client: Client, service: str, path: str) -> AsyncIterator[Said]:
    """What a stream says; a connection that is lost is made again, behind the event seen last."""
    seen, lost_at = "", None
    while True:
        try:
            async for said in _read(client, service, path, seen):
                seen, lost_at = said.id or seen, None
                yield said
        except Refused as refused:
            if refused.status != UNAVAILABLE:
                raise
            lost_at = _still_hoping(lost_at, refused)
        except httpx.HTTPError as failure:
            name = type(failure).__name__
            lost_at = _still_hoping(lost_at, Refused(f"{service} does not answer ({name}).", {}))
        await asyncio.sleep(POLL_EVERY)


def _still_hoping(lost_at: float | None, refused: Refused) -> float:
    """Since when the connection is lost; a service that is being restarted answers soon."""
    since = lost_at or time.monotonic()
    if time.monotonic() > since + RESTART_WITHIN:
        raise refused
    return since


async def _read(client: Client, service: str, path: str, seen: str) -> AsyncIterator[Said]:
    headers = {"Authorization": f"Bearer {client.token}"} | (
        {"Last-Event-ID": seen} if seen else {}
    )
    timeout = httpx.Timeout(PATIENCE, read=SILENCE)
    url = client.stack.url(service) + path
    async with client.http.stream("GET", url, headers=headers, timeout=timeout) as answer:
        if answer.is_error:
            raise Refused(
                f"{service} answered {answer.status_code}.", {"status": answer.status_code}
            )
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(":")
            if line and name:
                fields[name] = value.removeprefix(" ")
            elif not line and "data" in fields:
                data = orjson.loads(fields["data"])
                yield Said(fields.get("event", "message"), fields.get("id", ""), data)
                fields = {}
