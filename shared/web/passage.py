"""How one request gets through the door."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

import asyncpg
import structlog
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from shared import evidence, metrics, tracing
from shared.db import EVERYTHING, TRANSIENT, Tx
from shared.failpoints import failpoint
from shared.refusals import FieldError, Refused
from shared.web import bodies, idempotency, problems
from shared.web.group_commit import GroupCommit
from shared.web.idempotency import Once
from shared.web.judgement import NEVER_KEPT, BodyInvalid, refusal_in
from shared.web.permissions import Permission
from shared.web.refusals import InternalError, InvalidRequest, Unavailable
from shared.web.state import LONGEST_COMMAND_SECONDS, State, state_of
from shared.web.visit import Keep, KeyOf, Together, Visit

log = structlog.get_logger()

NOBODY = UUID(int=0)
ONE_MEBIBYTE = 1024 * 1024
_ROLLED_BACK = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
)
_CUT_OFF = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    ConnectionError,
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the routes of one router take their requests."""

    accepts: tuple[str, ...] = ("application/json",)
    max_body: int = ONE_MEBIBYTE
    upload: bool = False
    remember: bool = True
    as_service: bool = False
    foreign: bool = False
    private: bool = False
    keep: Keep | None = None
    key: KeyOf | None = None
    together: Together | None = None


class Guarded(Protocol):
    """What the door wants to know of a route."""

    options: ClassVar[Options]
    permission: Permission | None
    is_command: bool
    is_remembered: bool
    asks_for_key: bool
    path_format: str
    dependant: Dependant
    body_field: Any

    def body_adapter(self) -> TypeAdapter[Any] | None: ...


Work = Callable[[Visit, State], Awaitable[Response]]


class Passage:
    """Takes requests to one route through the door."""

    def __init__(self, route: Guarded, handle: Callable[[Request], Awaitable[Response]]) -> None:
        self._route = route
        self._handle = handle
        self._options = route.options
        self._permission = route.permission or Permission(())
        self._path = route.path_format
        self._adapter = route.body_adapter()
        self._parameters = frozenset(_query_names(route.dependant))

    async def answer(self, request: Request) -> Response:
        """The answer to a request, whatever happens to it."""
        began = time.perf_counter()
        visit = Visit(request=request, permission=self._permission)
        with tracing.span(request.headers.get("traceparent", ""), route=self._path) as span:
            visit.span = span
            try:
                response = await self._answer(visit)
            finally:
                if visit.upload is not None:
                    visit.upload.file.close()
            response.headers["X-Correlation-Id"] = tracing.correlation_id()
            response.headers["traceparent"] = span
            self._note(visit, response, time.perf_counter() - began)
        return response

    def _note(self, visit: Visit, response: Response, seconds: float) -> None:
        method = visit.request.method
        metrics.COMMANDS.labels(method, self._path, str(response.status_code)).inc()
        metrics.COMMAND_SECONDS.labels(method, self._path).observe(seconds)
        log.info(
            "request_answered",
            method=method,
            status=response.status_code,
            actor_id=str(visit.principal.id) if visit.principal else None,
            milliseconds=round(seconds * 1000, 1),
        )

    async def _answer(self, visit: Visit) -> Response:
        state = state_of(visit.request)
        try:
            await self._admit(visit, state)
            if self._route.is_command:
                return await state.see_through(self._command(visit, state))
            return await self._attempt(self._show, visit, state)
        except ClientDisconnect:
            return Response(status_code=400)
        except TRANSIENT as broken:
            log.warning("request_found_no_database", **evidence.describe(broken))
            return _refuse(visit, Unavailable())
        except Exception as raised:  # noqa: BLE001 - whatever it is, the caller gets an answer
            refused = refusal_in(raised, state.constraints)
            if refused is None:
                evidence.note("request_failed", raised)
                refused = InternalError(correlation_id=tracing.correlation_id())
            return _refuse(visit, refused)

    async def _admit(self, visit: Visit, state: State) -> None:
        request = visit.request
        bodies.refuse_unreadable_address(request)
        if not self._permission.public:
            visit.principal = await state.authenticator.principal(request)
        self._permission.check(visit.principal)
        self._refuse_unknown_parameters(request)
        if self._route.is_command:
            await state.backpressure.refuse_when_full()
            await self._take_body(visit)
        visit.begin()

    def _refuse_unknown_parameters(self, request: Request) -> None:
        if self._options.foreign:
            return
        unknown = [name for name in request.query_params if name not in self._parameters]
        if unknown:
            errors = [FieldError(pointer=f"?{name[:100]}", reason="Unknown") for name in unknown]
            raise InvalidRequest(errors=tuple(errors[: problems.MOST_ERRORS]))

    async def _take_body(self, visit: Visit) -> None:
        request, options = visit.request, self._options
        bodies.refuse_encodings(request)
        if self._route.body_field is not None:
            bodies.refuse_media_type(request, options.accepts)
        if self._route.asks_for_key:
            idempotency.key_of(request)
        if options.upload:
            visit.upload = await bodies.spool(request, limit=options.max_body)
        else:
            visit.body = await bodies.read(request, limit=options.max_body)

    async def _command(self, visit: Visit, state: State) -> Response:
        await failpoint("door.before_tx")
        async with asyncio.timeout(LONGEST_COMMAND_SECONDS):
            response = await self._attempt(self._decide, visit, state)
        await failpoint("door.after_commit")
        return response

    async def _attempt(self, work: Work, visit: Visit, state: State) -> Response:
        """Do the work; once more when the road broke and doing it again is safe."""
        try:
            return await work(visit, state)
        except _ROLLED_BACK as broken:
            log.info("request_tried_again", reason=type(broken).__name__)
        except _CUT_OFF as broken:
            # Whether the commit arrived is unknown; only an idempotency key makes a second try safe.
            if self._route.is_command and not self._route.is_remembered:
                raise
            log.info("request_tried_again", reason=type(broken).__name__)
        return await work(visit, state)

    async def _show(self, visit: Visit, state: State) -> Response:
        async with state.database.tx(scope=visit.scope, actor_id=visit.actor_id) as tx:
            visit.tx = tx
            return await self._handle(visit.request)

    async def _decide(self, visit: Visit, state: State) -> Response:
        once = self._once(visit)
        together = self._options.together
        if once and together and self._is_readable(visit):
            group = state.groups.setdefault(self._path, GroupCommit(state.database, together))
            if answer := await group.answer(visit, once):
                return answer
        return await self._decide_alone(visit, state, once)

    async def _decide_alone(self, visit: Visit, state: State, once: Once | None) -> Response:
        scope = EVERYTHING if self._options.as_service else visit.scope
        async with idempotency.opened(
            state.database, once, scope=scope, actor_id=visit.actor_id
        ) as (tx, answered):
            if answered:
                return answered
            visit.tx = tx
            try:
                response = await self._carry_out(visit, tx, once)
            except Exception as raised:
                refused = refusal_in(raised, state.constraints)
                if refused is None or refused.status >= 500 or refused.status in NEVER_KEPT:
                    raise
                if isinstance(raised, asyncpg.PostgresError):
                    log.warning("database_refused", **evidence.describe(raised))
                response = await self._turn_down(visit, tx, once, refused)
            await failpoint("door.before_commit")
        return response

    def _once(self, visit: Visit) -> Once | None:
        if not self._route.is_remembered:
            return None
        request, key = visit.request, self._options.key
        digest = visit.upload.sha256 if visit.upload else hashlib.sha256(visit.body).digest()
        return Once(
            principal_id=visit.principal.id if visit.principal else NOBODY,
            scope=f"{request.method} {self._path}",
            key=(
                idempotency.fitting(key(request, visit.body))
                if key
                else idempotency.key_of(request)
            ),
            body_hash=idempotency.fingerprint(request, digest),
            is_private=self._options.private,
        )

    async def _carry_out(self, visit: Visit, tx: Tx, once: Once | None) -> Response:
        """The handler's answer, written down with all that it did."""
        self._open_body(visit)
        response = await self._handle(visit.request)
        await failpoint("door.handled")
        if isinstance(response, StreamingResponse):
            raise TypeError("A command's answer is stored, so it cannot be a stream")
        if once:
            await idempotency.keep(tx, once, response)
        await tx.conclude()
        return response

    async def _turn_down(
        self, visit: Visit, tx: Tx, once: Once | None, refused: Refused
    ) -> Response:
        """The refusal, kept instead of the work, which is undone; unless a twin was quicker."""
        if answered := await idempotency.begin_again(tx, once):
            return answered
        await failpoint("door.begun_again")
        submission_id = None
        if self._options.keep is not None:
            submission_id = await self._options.keep(
                tx, visit.request, visit.body, visit.principal, refused
            )
        response = _refuse(visit, refused, submission_id=submission_id)
        if once:
            await idempotency.keep(tx, once, response)
        return response

    def _is_readable(self, visit: Visit) -> bool:
        try:
            self._open_body(visit)
        except (Refused, BodyInvalid):
            return False
        return True

    def _open_body(self, visit: Visit) -> None:
        """Give FastAPI the body as we have read it: strictly, as JSON and nothing looser."""
        request = visit.request
        request._body = visit.body  # noqa: SLF001 - where Starlette keeps a body that was read
        if visit.upload is not None:
            visit.upload.file.seek(0)
        if self._options.foreign:
            return
        if not visit.body or "json" not in request.headers.get("content-type", ""):
            return
        value = bodies.parse_json(visit.body)
        if self._adapter is not None:
            try:
                value = self._adapter.validate_json(visit.body)
            except ValidationError as found:
                raise BodyInvalid(found) from found
        visit.content = request._json = value  # noqa: SLF001


def _query_names(dependant: Dependant) -> Iterator[str]:
    """All query parameters of a handler and of what it depends on."""
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield parameter.alias
    for deeper in dependant.dependencies:
        yield from _query_names(deeper)


def _refuse(visit: Visit, refused: Refused, **members: object) -> Response:
    present = {name: value for name, value in members.items() if value is not None}
    return problems.render(refused, instance=visit.request.scope["path"], **present)
