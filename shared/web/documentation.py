"""What /openapi.json and /docs say about each route, beyond what FastAPI finds out itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import fastapi_offline
from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.staticfiles import StaticFiles

from shared.refusals import Refused
from shared.web.permissions import Permission
from shared.web.problems import MEDIA_TYPE, Problem

_STATIC = Path(fastapi_offline.__file__).parent / "static"
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A session token, an API key, or a token of a trusted identity provider.",
}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Made up by the caller for each thing to be done, and kept for retries.",
}
_ALWAYS = {400: "Unreadable", 422: "Does not fit", 503: "Not at the moment"}
_SIGNED_IN = {401: "Not signed in", 403: "Not allowed", 404: "Not there, or not for you"}
_COMMANDS = {409: "Does not fit the present state", 413: "Too large", 415: "Not understood"}


class _Documented(Protocol):
    permission: Permission | None
    is_command: bool
    asks_for_key: bool


def of_route(settings: dict[str, Any], route: _Documented) -> dict[str, Any]:
    """The route's settings, completed with its problems, its security and its headers."""
    public = route.permission is not None and route.permission.public
    statuses = {
        **_ALWAYS,
        **({} if public else _SIGNED_IN),
        **(_COMMANDS if route.is_command else {}),
    }
    responses = {status: _problem(text) for status, text in statuses.items()}
    extra: dict[str, Any] = {"security": [] if public else [{"bearer": []}]}
    if route.permission is not None and not public:
        extra["x-roles"] = list(route.permission.roles)
    if route.asks_for_key:
        extra["parameters"] = [_KEY_PARAMETER]
    return {
        **settings,
        "responses": {**responses, **(settings.get("responses") or {})},
        "openapi_extra": {**extra, **(settings.get("openapi_extra") or {})},
    }


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


_CONDITIONAL = {
    "412": _problem("Changed since you read it"),
    "428": _problem("If-Match is missing"),
}


def operation_id(route: APIRoute) -> str:
    """The handler's own name: it outlives paths and prefixes."""
    return route.name


def describe(app: FastAPI) -> None:
    """Complete the app's OpenAPI document with what all routes share."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            written = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version=app.openapi_version,
                summary=app.summary,
                routes=app.routes,
            )
            components = written.setdefault("components", {})
            components.setdefault("schemas", {}).update(_problem_schemas())
            components["securitySchemes"] = {"bearer": _BEARER}
            for operation in _operations(written):
                if any(each["name"] == "if-match" for each in operation.get("parameters", ())):
                    operation["responses"].update(_CONDITIONAL)
            app.openapi_schema = written
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _operations(written: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in written["paths"].values():
        yield from item.values()


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def serve(app: FastAPI) -> None:
    """Pages to read: /docs without a CDN, and a page for each type of problem."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/docs")
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=f"{app.title} · API",
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon.png",
        )

    @pages.get("/problems")
    async def all_problems() -> dict[str, dict[str, str | int]]:
        return {f"/problems/{kind.slug()}": _explain(kind) for kind in _kinds(Refused)}

    app.include_router(pages)
    app.mount("/docs/static", StaticFiles(directory=_STATIC), name="docs-static")


def _explain(kind: type[Refused]) -> dict[str, str | int]:
    what, _, then = (kind.__doc__ or "").strip().partition("\n\n")
    return {
        "title": kind.title(),
        "status": kind.status,
        "detail": " ".join(what.split()),
        "next_step": " ".join(then.split()),
    }


def _kinds(kind: type[Refused]) -> list[type[Refused]]:
    below = [deeper for child in kind.__subclasses__() for deeper in _kinds(child)]
    return sorted({*kind.__subclasses__(), *below}, key=lambda found: found.slug())


def refuse_ambiguous_names(app: FastAPI) -> None:
    """Two operations with one id would confuse every generated client."""
    seen: set[str] = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            if route.name in seen:
                raise ValueError(f"Two routes are named {route.name}; give one another name")
            seen.add(route.name)
