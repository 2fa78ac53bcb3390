"""Makes a service's routers into an application that denies by default."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared import evidence
from shared.app import Resources
from shared.db import Database
from shared.tokens import Signer
from shared.web import documentation, health, problems
from shared.web.authentication import Authenticator, BearerTokens
from shared.web.backpressure import Backpressure
from shared.web.door import DoorRoute
from shared.web.headers import CarefulHeaders
from shared.web.health import Check
from shared.web.judgement import refusal_in
from shared.web.refusals import InternalError, MethodNotAllowed
from shared.web.state import State

VERSION = "1"


class RouteUnguarded(Exception):
    """A route says neither whom it allows nor that it is public, or takes just any field."""


def create_api(
    resources: Resources,
    *,
    routers: Sequence[APIRouter] = (),
    checks: Mapping[str, Check] | None = None,
    authenticator: Authenticator | None = None,
) -> FastAPI:
    """The service's API with health, metrics and documentation; `routers` join its own."""
    service, settings, database = resources.service, resources.settings, resources.database
    state = State(
        database=database,
        authenticator=authenticator or BearerTokens.open(settings, database),
        constraints=service.constraints,
        backpressure=Backpressure(database=database, limit=settings.outbox_limit),
        signer=Signer.load(key) if (key := settings.token_private_key) else None,
        stop=resources.stop,
    )
    app = FastAPI(
        title=f"Shangji {service.name}",
        summary=service.summary,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=documentation.operation_id,
        lifespan=_lifespan,
    )
    app.state.shared = state
    for router in (*service.routers, *routers):
        app.include_router(router)
    _refuse_unguarded(app)
    documentation.refuse_ambiguous_names(app)
    app.include_router(health.router(_checks(database, checks), stop=resources.stop))
    documentation.describe(app)
    documentation.serve(app)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(Exception, _refuse)
    app.add_middleware(CarefulHeaders)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.shared
    async with state.database.tx() as tx:
        state.cursor_key = await tx.fetchval("SELECT key FROM cursor_key")
    yield
    await state.drain()


def _checks(database: Database, checks: Mapping[str, Check] | None) -> dict[str, Check]:
    async def database_answers() -> None:
        async with database.tx() as tx:
            await tx.execute("SELECT 1")

    return {"database": database_answers, **(checks or {})}


def _refuse_unguarded(app: FastAPI) -> None:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        if not isinstance(route, DoorRoute):
            raise RouteUnguarded(f"{route.name} is not behind the door: make its router with it")
        if route.permission is None:
            raise RouteUnguarded(f"{route.name} says neither allow(...) nor public()")
        if _takes_just_any_field(route):
            raise RouteUnguarded(f"{route.name} takes unknown fields: base its body on Request")


def _takes_just_any_field(route: DoorRoute) -> bool:
    body = route.body_field.field_info.annotation if route.body_field else None
    if not (isinstance(body, type) and issubclass(body, BaseModel)):
        return False
    return body.model_config.get("extra") != "forbid"


async def _refuse(request: Request, raised: Exception) -> Response:
    """Where no route was reached, or one outside the door failed."""
    refused = refusal_in(raised, {})
    if refused is None:
        evidence.note("request_failed", raised)
        refused = InternalError()
    answer = problems.render(refused, instance=request.scope["path"])
    if isinstance(refused, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return answer


def _methods_at(request: Request) -> set[str]:
    """All methods of an address, not only those of the first route that has it."""
    app: FastAPI = request.app
    return {
        method
        for context in iter_route_contexts(app.routes)
        if (pattern := getattr(context, "path_regex", None))
        and pattern.match(request.scope["path"])
        for method in context.methods or ()
    }
