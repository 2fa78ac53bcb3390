"""What a service is made of, and what its parts are given to work with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from shared.consumer import Consumer
from shared.db import Database
from shared.refusals import Refused
from shared.settings import ServiceSettings
from shared.timers import AnyTimer


@dataclass(kw_only=True)
class Resources:
    """What one process of a service holds while it runs."""

    service: "Service"
    settings: ServiceSettings
    database: Database
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process has been told to end; streams and loops watch it."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """The table of contents of a service; its schema has its name."""

    name: str
    summary: str
    routers: Sequence[APIRouter]
    consumer: Consumer
    timers: Sequence[AnyTimer]
    migrations: Path
    constraints: Mapping[str, type[Refused]] = field(default_factory=dict)
    """Which refusal a violated constraint means, by the constraint's name."""
    on_start: Callable[[Resources], Awaitable[None]] | None = None
    """Called once per process, after the database has answered and before any work."""
