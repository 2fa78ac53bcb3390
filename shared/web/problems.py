"""Every refusal leaves as RFC 9457 problem+json, rendered here and nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from shared.refusals import FieldError, Refused

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50


class Problem(BaseModel):
    """What went wrong (RFC 9457); refusals add members of their own, such as `limit`."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=False)

    type: str = Field(examples=["/problems/invalid-request"])
    """Stable; programs may switch on it."""
    title: str
    status: int
    detail: str
    instance: str = ""
    """The address that was asked."""
    next_step: str = ""
    """What the caller can do about it."""
    errors: tuple[FieldError, ...] = ()
    submission_id: str | None = None
    """Where a channel keeps what was sent, to be mended and replayed."""


def render(refused: Refused, *, instance: str = "", **members: object) -> Response:
    """The answer for a refusal; `members` join those the refusal was raised with."""
    fields = {**_members(refused, instance=instance), **members}
    content = orjson.dumps(fields, default=str)
    return Response(content, refused.status, _headers(refused), media_type=MEDIA_TYPE)


def problem_of(refused: Refused) -> Problem:
    """The same as a part of an answer, for one of many things asked for at once."""
    return Problem.model_validate(_members(refused))


def _members(refused: Refused, *, instance: str = "") -> dict[str, object]:
    fields: dict[str, object] = {
        **refused.details,
        "type": f"/problems/{refused.slug()}",
        "title": refused.title(),
        "status": refused.status,
        "detail": refused.message,
        "instance": instance,
    }
    if refused.next_step:
        fields["next_step"] = refused.next_step
    if refused.errors:
        fields["errors"] = [error.model_dump() for error in refused.errors]
    return fields


def _headers(refused: Refused) -> dict[str, str]:
    match refused.status:
        case 401:
            return {"WWW-Authenticate": 'Bearer realm="shangji"'}
        case 429 | 503:
            return {"Retry-After": str(refused.details.get("retry_after", 1))}
        case _:
            return {}


def field_errors(errors: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """What pydantic found, as pointers and reasons; never what was sent."""
    found = [FieldError(pointer=_pointer(e["loc"]), reason=str(e["msg"])) for e in errors]
    return tuple(found[:MOST_ERRORS])


def _pointer(location: Sequence[str | int]) -> str:
    if not location:
        return ""
    where, *path = location
    match where:
        case "query":
            return "?" + ".".join(map(str, path))
        case "path" | "header":
            return f"{where}:" + ".".join(map(str, path))
        case "body":
            return _json_pointer(path)
        case _:
            return _json_pointer(location)


def _json_pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
