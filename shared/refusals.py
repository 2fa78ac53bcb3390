"""What a rule says when it says no; the door turns each into problem+json."""

import re
from typing import ClassVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic_core import to_jsonable_python


class FieldError(BaseModel):
    """One thing wrong with one part of a request."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    """JSON pointer into the body (`/contact/phone`), or `?name` for a query parameter."""
    reason: str


class Refused(Exception):
    """The request cannot be done as asked.

    A subclass's name is the slug, the first paragraph of its docstring the message (with `{details}`
    filled in), the second what to do next; the keywords it is raised with are the details.
    """

    status: ClassVar[int] = 409

    def __init__(self, *, errors: tuple[FieldError, ...] = (), **details: object) -> None:
        self.errors = errors
        self.details = cast("dict[str, JsonValue]", to_jsonable_python(details))
        super().__init__(self.message)

    @classmethod
    def slug(cls) -> str:
        """`HoldingCapReached` is known to the world as `holding-cap-reached`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The slug in words; the same for every occurrence."""
        return cls.slug().replace("-", " ").capitalize()

    @property
    def message(self) -> str:
        """What is wrong, for people."""
        return self._paragraph(0) or self.title()

    @property
    def next_step(self) -> str:
        """What the caller can do about it; empty when the docstring does not say."""
        return self._paragraph(1)

    def _paragraph(self, index: int) -> str:
        paragraphs = (type(self).__dict__.get("__doc__") or "").strip().split("\n\n")
        if index >= len(paragraphs):
            return ""
        text = " ".join(paragraphs[index].split())
        return re.sub(r"\{(\w+)\}", lambda found: _in_words(self.details.get(found[1], "")), text)


def _in_words(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class NotFound(Refused):
    """There is no such thing, or you may not see it.

    Check the id; things outside your part of the organisation are not shown.
    """

    status = 404


class Conflict(Refused):
    """This does not fit the present state.

    Read the resource again and decide anew.
    """

    status = 409


class Unauthenticated(Refused):
    """Say who you are: the request has no token, or one that is not valid any more.

    Send `Authorization: Bearer` with a token from `POST /sessions`, your identity provider or an
    API key that has not been replaced.
    """

    status = 401


class Forbidden(Refused):
    """You may not do this."""

    status = 403


class Invalid(Refused):
    """The request is malformed.

    Correct what `errors` names and send it again.
    """

    status = 422


class PreconditionFailed(Refused):
    """It has changed since you read it; its sequence is now {sequence}.

    Read it again, look at what changed, and repeat with the new ETag in If-Match.
    """

    status = 412


def expect(sequence: int, *, expected: int | None) -> None:
    """Refuse when the caller decided on another sequence than the present one; `None` is any."""
    if expected is not None and expected != sequence:
        raise PreconditionFailed(sequence=sequence)
