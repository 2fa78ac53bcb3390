"""The base of everything a caller may send."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Request(BaseModel):
    """A body: JSON types are taken as they are, unknown fields are refused rather than dropped."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
    )


def _day(said: object) -> object:
    if not isinstance(said, str):
        return said
    try:
        if _DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        raise PydanticCustomError("no_such_day", "The calendar has no such day") from None
    raise PydanticCustomError("not_a_day", "Expected a day such as 2026-03-12")


def _moment(said: object) -> object:
    if not isinstance(said, str):
        return said
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        expected = "Expected a time of the calendar such as 2026-03-12T09:30:00+08:00"
        raise PydanticCustomError("not_a_time", expected) from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day as it is written; pydantic alone would also take "0" for one, as seconds since 1970."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A time with its zone, as it is written, and never as a number."""
