"""What all routes of one process share."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import Request, Response

from shared.db import Database
from shared.tokens import Signer
from shared.web.authentication import Authenticator
from shared.web.backpressure import Backpressure
from shared.web.group_commit import GroupCommit
from shared.web.judgement import Constraints

log = structlog.get_logger()

LONGEST_COMMAND_SECONDS = 30


@dataclass(kw_only=True)
class State:
    """The way to the database, who may come in, and the commands that are under way."""

    database: Database
    authenticator: Authenticator
    constraints: Constraints
    backpressure: Backpressure
    cursor_key: bytes = b""
    """Read from the database when the process starts to serve."""
    signer: Signer | None = None
    """Only the service where people sign in has one."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process has been told to end; streams watch it."""
    running: set[asyncio.Task[Response]] = field(default_factory=set)
    groups: dict[str, GroupCommit] = field(default_factory=dict)
    """By route, for those whose commands are carried out together."""

    async def see_through(self, work: Coroutine[Any, Any, Response]) -> Response:
        """Finish a command even when the caller hangs up: it may be about to commit."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Response]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.debug("command_refused", reason=type(problem).__name__)

    async def drain(self) -> None:
        """Wait for commands whose callers have gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_COMMAND_SECONDS):
                while self.running:
                    await asyncio.wait(set(self.running))


def state_of(request: Request) -> State:
    """What the process that serves this request has to work with."""
    state: State = request.app.state.shared
    return state


def signer_of(request: Request) -> Signer:
    """What signs the tokens that this service hands out."""
    signer = state_of(request).signer
    if signer is None:
        raise RuntimeError("SHANGJI_TOKEN_PRIVATE_KEY names no key to sign with")
    return signer
