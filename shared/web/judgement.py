"""What an exception means to the caller: a refusal of their request, or nothing they can mend."""

from collections.abc import Mapping
from http import HTTPStatus

import asyncpg
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared.refusals import Refused
from shared.web import problems
from shared.web.refusals import (
    InvalidRequest,
    MalformedBody,
    MethodNotAllowed,
    RouteNotFound,
    UnusableValue,
)

Constraints = Mapping[str, type[Refused]]

NEVER_KEPT = frozenset((401, 429))
"""Answers about the moment, not about the request: sent again, it may fare better."""


class BodyInvalid(Exception):
    """The body does not fit its model."""

    def __init__(self, found: ValidationError) -> None:
        super().__init__("The body does not fit its model")
        self.found = found


def refusal_in(raised: Exception, constraints: Constraints) -> Refused | None:
    """The refusal an exception stands for; nothing when it is a bug or a broken road."""
    match raised:
        case Refused():
            return raised
        case BodyInvalid():
            errors = raised.found.errors(include_url=False, include_input=False)
            located = [{**error, "loc": ("body", *error["loc"])} for error in errors]
            return InvalidRequest(errors=problems.field_errors(located))
        case RequestValidationError():
            return InvalidRequest(errors=problems.field_errors(raised.errors()))
        case asyncpg.IntegrityConstraintViolationError():
            kind = constraints.get(raised.constraint_name or "")
            return kind() if kind else None
        case asyncpg.DataError():
            return UnusableValue()
        case HTTPException():
            return _of_framework(raised)
        case _:
            return None


def _of_framework(raised: HTTPException) -> Refused | None:
    match raised.status_code:
        case HTTPStatus.NOT_FOUND:
            return RouteNotFound()
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed()
        case HTTPStatus.BAD_REQUEST:
            return MalformedBody(problem="it does not fit its content type")
        case _:
            return None
