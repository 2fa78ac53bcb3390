"""A running stack's services, asked over HTTP in somebody's name."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from shangji.errors import StartRefused
from shangji.names import SERVICES
from shangji.stack import Stack
from shared.tokens import Signer

PATIENCE = 90.0
"""Seconds for one answer; a large upload is written to disk before it is answered."""
POLL_EVERY = 0.25
RESTART_WITHIN = 30.0
"""Seconds in which the supervisor has restarted a service that died."""
UNAVAILABLE = 503
LIFETIME = timedelta(hours=8)


class Refused(StartRefused):
    """A service said no; the message is its own."""

    def __init__(self, message: str, problem: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.problem = problem

    @property
    def status(self) -> int:
        """The HTTP status, 0 when there was no answer at all."""
        return int(self.problem.get("status", 0))


@dataclass(frozen=True)
class Unrest:
    """What a stack still has to do."""

    outbox: Mapping[str, int]
    lag: Mapping[str, int]

    @property
    def events(self) -> int:
        """How many events are on their way."""
        return sum(self.outbox.values()) + sum(self.lag.values())

    def __str__(self) -> str:
        parts = [
            *(f"{count} to be sent by {name}" for name, count in self.outbox.items() if count),
            *(f"{count} to be heard by {name}" for name, count in self.lag.items() if count),
        ]
        return ", ".join(parts) or "at rest"


@dataclass
class Client:
    """Asks in the name of one person; commands carry a new idempotency key each."""

    stack: Stack
    http: httpx.AsyncClient
    token: str
    signer: Signer
    _persons: dict[str, UUID] = field(default_factory=dict)

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """The JSON at an address."""
        return (await self.request("GET", service, path, params=params)).json()

    async def pages(self, service: str, path: str, **params: Any) -> AsyncIterator[Any]:
        """All items of a list, page after page."""
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self.get(service, path, **params, limit=200, **more)
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def send(
        self, method: str, service: str, path: str, body: Any = None, **options: Any
    ) -> Any:
        """The answer to a command with a JSON body."""
        answer = await self.request(method, service, path, json=body, **options)
        return answer.json() if answer.content else None

    async def request(
        self,
        method: str,
        service: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Any request; raises `Refused` with the service's own sentence."""
        own = {"Authorization": f"Bearer {self.token}"}
        if method != "GET":
            own["Idempotency-Key"] = uuid4().hex
        # A body that is streamed is gone once it was sent; everything else may be sent again.
        patience = 0.0 if "content" in options else RESTART_WITHIN
        answer = await self._patiently(
            method, service, path, patience, headers=own | dict(headers or {}), **options
        )
        if answer.is_error:
            raise refusal(service, answer)
        return answer

    async def _patiently(
        self, method: str, service: str, path: str, patience: float, **options: Any
    ) -> httpx.Response:
        """The answer; while a service is being restarted, ask again, under the same key."""
        url = self.stack.url(service) + path
        deadline = time.monotonic() + patience
        while True:
            failure: httpx.HTTPError | None = None
            try:
                answer = await self.http.request(method, url, **options)
                if answer.status_code != UNAVAILABLE or time.monotonic() > deadline:
                    return answer
            except httpx.HTTPError as error:
                failure = error
            if failure is not None and time.monotonic() > deadline:
                raise Refused(
                    f"{service} does not answer at {url} ({type(failure).__name__}); "
                    "`shangji status` shows what runs.",
                    {},
                ) from failure
            await asyncio.sleep(POLL_EVERY)

    async def person_id(self, username: str) -> UUID:
        """Who signs in under a name; raises when nobody does."""
        if username not in self._persons:
            self._persons[username] = await find_person(self.stack, username)
        return self._persons[username]

    async def as_person(self, username: str) -> "Client":
        """The same services, asked in the name of whoever signs in so."""
        return self.named(await self.person_id(username))

    def named(self, person_id: UUID | str) -> "Client":
        """The same services, asked in somebody else's name."""
        token = self.signer.for_person(UUID(str(person_id)), lifetime=LIFETIME)
        return Client(self.stack, self.http, token, self.signer, self._persons)

    async def unrest(self) -> Unrest:
        """What the services still have to send and to hear."""
        asked = (self.get(service, "/operations/status") for service in SERVICES)
        found = dict(zip(SERVICES, await asyncio.gather(*asked), strict=True))
        return Unrest(
            outbox={name: status["outbox"] for name, status in found.items()},
            lag={name: status["lag"] for name, status in found.items()},
        )

    async def wait_for_quiet(
        self, progress: Callable[[Unrest], None] = lambda _unrest: None, *, within: float = 900.0
    ) -> None:
        """Wait until everything said was heard, twice in a row: what is heard may say something new."""
        deadline = time.monotonic() + within
        quiet = 0
        while quiet < 2:
            unrest = await self.unrest()
            progress(unrest)
            quiet = 0 if unrest.events else quiet + 1
            if quiet < 2:
                if time.monotonic() > deadline:
                    raise StartRefused(f"After {within:.0f} s there is still work: {unrest}.")
                await asyncio.sleep(POLL_EVERY)


def refusal(service: str, answer: httpx.Response) -> Refused:
    """What a service says when it refuses, in its own words."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"{service} answered {answer.status_code}."
    errors = "".join(
        f"\n  {error['pointer']}: {error['reason']}" for error in problem.get("errors", ())
    )
    following = f" {problem['next_step']}" if problem.get("next_step") else ""
    return Refused(f"{detail}{following}{errors}", {**problem, "status": answer.status_code})


@asynccontextmanager
async def connect(stack: Stack | None = None, username: str = "operator") -> AsyncIterator[Client]:
    """A client of the running stack, in the name of one of its people."""
    running = stack or Stack.read()
    signer = Signer.load(running.token_private_key)
    person_id = await find_person(running, username)
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        token = signer.for_person(person_id, lifetime=LIFETIME)
        yield Client(running, http, token, signer, {username: person_id})


async def find_person(stack: Stack, username: str) -> UUID:
    """Who signs in under a name, as the service that signs people in knows it."""
    url = stack.readonly_url or stack.database_url("opportunities")
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise StartRefused(f"The database does not answer ({type(error).__name__}).") from error
    try:
        found = await connection.fetchval(
            """
            SELECT person_id
              FROM opportunities.access_person
             WHERE active
               AND lower(username) = lower($1)
            """,
            username.encode(errors="replace").decode(),
        )
    finally:
        await connection.close()
    if found is None:
        raise StartRefused(
            f"Nobody signs in as {username!r}. `shangji token operator` always works; operators see "
            "everybody at GET /persons of opportunities."
        )
    return found
