"""The language of SCIM: questions, bodies, answers and refusals as RFC 7644 writes them."""

import json
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ListResponse,
    PatchOp,
    Resource,
    SCIMException,
    SearchRequest,
)

from services.opportunities.schemas.scim import MOST, TOLERANT, Group, User
from shared.refusals import NotFound, Refused
from shared.web import door, problems

MEDIA_TYPE = "application/scim+json"
SCIM_TYPES = {
    "username-taken": "uniqueness",
    "unit-name-taken": "uniqueness",
    "malformed-body": "invalidSyntax",
    "member-unknown": "invalidValue",
}
LISTS = {"attributes", "excludedAttributes"}
"""Words of a query that hold several, with commas between them."""
R = TypeVar("R", bound=Resource[Any])
Answer = Callable[[Request], Coroutine[Any, Any, Response]]

router = door.router(
    prefix="/scim/v2",
    tags=["scim"],
    accepts=(MEDIA_TYPE, "application/json"),
    remember=False,
    foreign=True,
)


class NotUnderstood(Refused):
    """{reason}"""

    status = 400


class ScimRoute(router.route_class):
    """A route behind the door whose refusals are said as SCIM says them."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        super().__init__(path, endpoint, **{**settings, "include_in_schema": False})

    def get_route_handler(self) -> Answer:
        """The door's handler, with its refusals translated."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await handle(request)
            if response.media_type != problems.MEDIA_TYPE:
                return response
            refused = _refusal(json.loads(bytes(response.body)))
            headers = {
                name: value
                for name, value in response.headers.items()
                if name not in ("content-length", "content-type")
            }
            return _said(refused, headers=headers)

        return answer


router.route_class = ScimRoute


async def question_in(model: type[R], asked: Request | Mapping[str, str]) -> SearchRequest[R]:
    body: dict[str, Any]
    if isinstance(asked, Request):
        body = await body_of(asked)
    else:
        body = dict(asked)
        for name in LISTS & body.keys():
            body[name] = [part.strip() for part in body[name].split(",") if part.strip()]
    return SearchRequest[model].model_validate(body, scim_policy=TOLERANT)


def page_of(model: type[R], question: SearchRequest[R], resources: Sequence[R]) -> Response:
    """What matches, in the order asked for, from `startIndex` on."""
    matching = [each for each in resources if not question.filter or question.filter.match(each)]
    ordered = question.sort(matching) if question.sort_by else matching
    first = max(question.start_index or 1, 1)
    count = MOST if question.count is None else min(max(question.count, 0), MOST)
    shown = list(ordered)[first - 1 : first - 1 + count]
    page = ListResponse[model](
        total_results=len(matching),
        start_index=first,
        items_per_page=len(shown),
        resources=shown,
    )
    return answer_with(
        page.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=question)
    )


def the_one(known: Sequence[R]) -> R:
    if not known:
        raise NotFound
    return known[0]


async def shown(
    request: Request,
    wanted: Coroutine[Any, Any, User] | Coroutine[Any, Any, Group],
    status: int = 200,
) -> Response:
    resource = await wanted
    question = await question_in(type(resource), _only_attributes(request))
    body = resource.model_dump(
        scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=question
    )
    meta = resource.meta
    headers = {"ETag": meta.version or "", "Location": str(meta.location)} if meta else {}
    return answer_with(body, status=status, headers=headers)


def _only_attributes(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name in LISTS}


def read(model: type[R], body: Mapping[str, Any], context: Context) -> R:
    return model.model_validate(body, scim_ctx=context, scim_policy=TOLERANT)


def patch(model: type[R], resource: R, body: Mapping[str, Any]) -> None:
    patch = PatchOp[model].model_validate(
        body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=TOLERANT
    )
    patch.patch(resource, scim_policy=TOLERANT)


def with_names(body: dict[str, Any]) -> dict[str, Any]:
    """A user who says no name to be shown is shown as they are named elsewhere."""
    known = {name.lower() for name in body}
    name = body.get("name")
    parts = name if isinstance(name, dict) else {}
    if "displayname" not in known:
        whole = " ".join(str(parts[part]) for part in ("givenName", "familyName") if part in parts)
        body["displayName"] = parts.get("formatted") or whole or body.get("userName")
    if "active" not in known:
        body["active"] = True
    return body


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as unreadable:
        raise SCIMException(detail="The body is not JSON.") from unreadable
    if not isinstance(body, dict):
        raise SCIMException(detail="The body is not a JSON object.")
    return body


async def speaking(act: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
    """What `scim2_models` refuses is a refusal like any other: what was written by then is undone."""
    try:
        return await act()
    except SCIMException as refused:
        error = refused.to_error()
    except ValidationError as invalid:
        error = Error.from_validation_error(invalid.errors()[0])
    raise NotUnderstood(reason=error.detail or "", scim_type=error.scim_type)


def _refusal(problem: Mapping[str, Any]) -> Error:
    slug = str(problem["type"]).rpartition("/")[2]
    parts = (problem["detail"], problem.get("next_step"))
    return Error(
        status=problem["status"],
        scim_type=problem.get("scim_type") or SCIM_TYPES.get(slug),
        detail=" ".join(str(part) for part in parts if part),
    )


def _said(error: Error, *, headers: Mapping[str, str] | None = None) -> Response:
    return answer_with(error.model_dump(), status=error.status or 400, headers=headers)


def answer_with(
    body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(json.dumps(body), status, dict(headers or {}), media_type=MEDIA_TYPE)


def base_of(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/scim/v2"


def uuid_in(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as no_id:
        raise NotFound from no_id


def id_of(resource: User | Group) -> UUID:
    return uuid_in(resource.id or "")


def version_in(if_match: str | None) -> int | None:
    """The sequence in an ETag; nothing for any."""
    number = re.fullmatch(r'(?:W/)?"(\d+)"', if_match or "")
    return int(number[1]) if number else None
