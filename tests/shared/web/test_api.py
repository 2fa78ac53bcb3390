"""The application denies by default, and says what it is."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from shared.app import Resources, Service
from shared.consumer import Consumer
from shared.web import allow, create_api, door, public
from shared.web.api import RouteUnguarded
from tests.shared.web.toy import Toy


class Loose(BaseModel):
    """Drops what it does not know."""

    name: str = ""


async def act() -> None:
    """Act."""


async def act_on(body: Loose) -> None:
    """Act on anything."""


def open_router(path: str = "/act", *, plain: bool = False, **settings: Any) -> APIRouter:
    router = APIRouter() if plain else door.router()
    router.add_api_route(path, **{"endpoint": act, "methods": ["POST"], **settings})
    return router


@pytest.mark.parametrize(
    ("router", "problem"),
    [
        (open_router(), "neither allow"),
        (open_router(plain=True, dependencies=[public()]), "not behind the door"),
        (open_router(endpoint=act_on, dependencies=[allow("seller")]), "unknown fields"),
    ],
    ids=["unguarded", "not behind the door", "takes just any field"],
)
async def test_a_route_that_is_not_guarded_stops_the_start(
    toy: Toy, router: APIRouter, problem: str
):
    with pytest.raises(RouteUnguarded, match=problem):
        create_api(toy.resources, routers=[router])


async def test_two_routes_of_one_name_stop_the_start(toy: Toy):
    routers = [open_router(path, dependencies=[public()]) for path in ("/act", "/act-again")]

    with pytest.raises(ValueError, match="Two routes are named act"):
        create_api(toy.resources, routers=routers)


def test_nobody_at_all_is_not_a_permission():
    with pytest.raises(ValueError, match="public"):
        allow()


async def test_the_document_says_everything_a_caller_needs(toy: Toy):
    document = (await toy.api.get("/openapi.json")).json()

    write, listing = document["paths"]["/notes"]["post"], document["paths"]["/notes"]["get"]
    assert document["openapi"].startswith("3.1")
    assert write["operationId"] == "write_note"
    assert write["security"] == [{"bearer": []}]
    assert write["x-roles"] == ["seller", "team_lead"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in write["parameters"]}
    assert {"cursor", "limit", "text"} == {parameter["name"] for parameter in listing["parameters"]}
    for status in ("400", "401", "403", "409", "413", "415", "422", "503"):
        problem = write["responses"][status]["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
    changed = document["paths"]["/notes/{note_id}/text"]["put"]["responses"]
    assert {"412", "428"} <= changed.keys()
    assert {"412", "428"}.isdisjoint(write["responses"])
    assert "FieldError" in document["components"]["schemas"]
    assert document["paths"]["/sign-ins"]["post"]["security"] == []
    keys = document["paths"]["/submissions"]["post"].get("parameters", [])
    assert "Idempotency-Key" not in {parameter["name"] for parameter in keys}


async def test_no_route_forgets_its_security(toy: Toy):
    document = (await toy.api.get("/openapi.json")).json()

    for path, operations in document["paths"].items():
        for operation in operations.values():
            expected = [] if path == "/sign-ins" else [{"bearer": []}]
            assert operation["security"] == expected


async def test_the_documentation_needs_nobody_elses_servers(toy: Toy):
    page = await toy.api.get("/docs")
    script = await toy.api.get("/docs/static/swagger-ui-bundle.js")

    assert page.status_code == script.status_code == 200
    assert "https://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


async def test_every_type_of_problem_is_explained(toy: Toy):
    problems = (await toy.api.get("/problems")).json()

    assert problems["/problems/still-running"]["status"] == 409
    assert problems["/problems/note-taken"]["next_step"] == ""
    assert all(problem["detail"] for problem in problems.values())


@pytest.mark.parametrize("path", ["/livez", "/notes", "/nowhere", "/openapi.json"])
async def test_browsers_are_told_to_be_careful(toy: Toy, path: str):
    answer = await toy.api.get(path, headers={"Origin": "https://evil.example"})

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_numbers_are_for_scrapers(toy: Toy):
    await toy.api.get("/notes")

    answer = await toy.api.get("/metrics")

    assert answer.status_code == 200
    assert 'shangji_commands_total{method="GET",route="/notes",status="401"}' in answer.text


async def test_readiness_says_what_is_missing(toy: Toy, tmp_path: Path):
    async def broken() -> None:
        raise ConnectionError("secret host")

    service = Service(
        name="leads",
        summary="",
        routers=(),
        consumer=Consumer(),
        timers=(),
        migrations=tmp_path,
    )
    resources = Resources(service=service, settings=toy.resources.settings, database=toy.database)
    api = create_api(resources, checks={"broker": broken})

    answer = await toy.ask(api, "/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "broker": "ConnectionError"}
    assert "secret" not in answer.text
