"""Mapping templates: which part of what a sender sends is which part of a lead. Data, not code."""

from collections.abc import Mapping as Names
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from services.leads.domain.channel import paths
from services.leads.domain.intake import Name

Scalar = str | bool | int | float
LONGEST_VALUE = 10_000
_LAST_SECOND = 100_000_000_000
"""Of the year 5138; what is more are milliseconds."""
TrailPart = Literal[
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "click",
    "click_id",
    "referrer",
    "landing_page",
]


class UnreadableDate(ValueError):
    """The value is not a time in the way the mapping says it is written."""


def _a_path(text: str) -> str:
    paths.steps_of(text)
    return text


def _short(said: object) -> object:
    """A text alone is a path."""
    return {"path": said} if isinstance(said, str) else said


def _a_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"there is no time zone {name}") from unknown
    return name


Path = Annotated[str, Field(max_length=300), AfterValidator(_a_path)]
Zone = Annotated[str, AfterValidator(_a_zone)]


class Source(BaseModel):
    """Where a value comes from, and what is done to it on the way: exactly one of the first four."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    first: tuple["From", ...] = Field(default=(), max_length=20)
    """The first that is not blank."""
    join: tuple["From", ...] = Field(default=(), max_length=20)
    """All that are not blank, one after the other."""
    constant: Scalar | None = None
    between: str = Field(default=" ", max_length=20)
    """Stands between joined values."""
    values: dict[str, Scalar] = Field(default_factory=dict, max_length=500)
    """What their values are called here; one that is not named stays as it is."""
    date: Literal["", "iso", "seconds", "milliseconds", "any"] | str = ""
    """How a time is written; anything else is a format of strptime. `any`: one of the others, for senders
    who do not say which."""
    zone: Zone = "Asia/Shanghai"
    """For times that do not say theirs."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = (
            self.path is not None,
            bool(self.first),
            bool(self.join),
            self.constant is not None,
        )
        if sum(given) != 1:
            raise ValueError("exactly one of path, first, join and constant")
        return self

    def take(self, payload: JsonValue) -> Scalar | None:
        """The value in this payload; nothing when it is blank. Raises `UnreadableDate`."""
        found = self._found(payload)
        if found is None:
            return None
        if self.values:
            found = self.values.get(_text(found), found)
        return self._moment(found).isoformat() if self.date else found

    def _found(self, payload: JsonValue) -> Scalar | None:
        if self.constant is not None:
            return self.constant
        if self.path is not None:
            return self._joined(_scalars(paths.find(payload, self.path)))
        taken = (source.take(payload) for source in self.first or self.join)
        present = (value for value in taken if value is not None)
        return next(present, None) if self.first else self._joined(list(present))

    def _joined(self, values: list[Scalar]) -> Scalar | None:
        if len(values) > 1:
            return self.between.join(map(_text, values))[:LONGEST_VALUE]
        return values[0] if values else None

    def _moment(self, value: Scalar) -> datetime:
        try:
            match self.date:
                case "seconds":
                    return datetime.fromtimestamp(float(value), UTC)
                case "milliseconds":
                    return datetime.fromtimestamp(float(value) / 1000, UTC)
                case "any" if _is_a_number(value):
                    seconds = float(value)
                    since = seconds / 1000 if seconds > _LAST_SECOND else seconds
                    return datetime.fromtimestamp(since, UTC)
                case "iso" | "any":
                    said = datetime.fromisoformat(_text(value))
                case _:
                    said = datetime.strptime(_text(value), self.date)  # noqa: DTZ007 - the zone follows
        except (ValueError, OverflowError, OSError) as unreadable:
            raise UnreadableDate("This is not a time") from unreadable
        return said if said.tzinfo else said.replace(tzinfo=ZoneInfo(self.zone))


From = Annotated[Source, BeforeValidator(_short)]


class Answers(BaseModel):
    """A list of questions with answers, as ad platforms send them: each becomes an attribute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    each: Path
    name: From
    answer: From
    but: tuple[str, ...] = ()
    """Questions that are fields of the lead already."""
    unless: Path | None = None
    """Items that have something here are fields of the lead, too."""

    def take(self, payload: JsonValue) -> dict[str, Scalar]:
        """The answers by question."""
        answers: dict[str, Scalar] = {}
        for item in paths.find(payload, self.each):
            if self.unless is not None and paths.find(item, self.unless):
                continue
            name, answer = self.name.take(item), self.answer.take(item)
            if name is not None and answer is not None and _text(name) not in self.but:
                answers[_text(name)[:200]] = answer
        return answers


class Mapping(BaseModel):
    """The template of one channel; what it does not name stays blank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: From | None = None
    phone: From | None = None
    mail: From | None = None
    company_name: From | None = None
    credit_code: From | None = None
    address: From | None = None
    source: From | None = None
    origin: From | None = None
    campaign: From | None = None
    region: From | None = None
    industry: From | None = None
    notes: From | None = None
    do_not_email: From | None = None
    do_not_call: From | None = None
    external_id: From | None = None
    """The sender's own id of the record: sent again, it joins the same lead and corrects it."""
    occurred_at: From | None = None
    """When it came to the sender."""
    attributes: dict[Name, From] = Field(default_factory=dict, max_length=100)
    consent: From | None = None
    """Whether the channel's consent text was agreed to."""
    consent_version: From | None = None
    """The version of the channel that showed the text; nothing means the one in force."""
    members: Path | None = None
    """An object whose members are attributes as they are; also one that is written as text."""
    answers: Answers | None = None
    trail: dict[TrailPart, From] = Field(default_factory=dict)
    """Where they came from: `utm_source`, `click_id`, `referrer` …"""

    @property
    def fields(self) -> dict[str, Source]:
        """The lead's own fields that are mapped."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: source for name, source in own.items() if isinstance(source, Source)}

    def attributes_in(self, payload: JsonValue) -> dict[str, Scalar]:
        """All custom fields: members, answers, and those that are mapped one by one."""
        objects = paths.find(payload, self.members) if self.members else []
        members = {
            name: value
            for found in objects
            for name, value in _members(found).items()
            if isinstance(value, Scalar)
        }
        answers = self.answers.take(payload) if self.answers else {}
        return {**members, **answers, **take_all(self.attributes, payload)}


def take_all(sources: Names[Any, Source], payload: JsonValue) -> dict[str, Scalar]:
    """Those of these values that are not blank; raises `UnreadableDate`."""
    taken = {name: source.take(payload) for name, source in sources.items()}
    return {name: value for name, value in taken.items() if value is not None}


def _scalars(found: list[JsonValue]) -> list[Scalar]:
    """Single values, also those in lists; blanks and objects are left out."""
    flat = [inner for value in found for inner in (value if isinstance(value, list) else [value])]
    return [value for value in flat if isinstance(value, Scalar) and value != ""]


def _members(found: JsonValue) -> dict[str, JsonValue]:
    """The members of an object; some senders put one into a text."""
    if isinstance(found, str):
        try:
            found = orjson.loads(found)
        except orjson.JSONDecodeError:
            return {}
    return found if isinstance(found, dict) else {}


def _is_a_number(value: Scalar) -> bool:
    return not isinstance(value, bool) and _text(value).isdecimal()


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
