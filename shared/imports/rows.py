"""A row of the file as a row of the kind: values turned as the mapping says, then parsed."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from shared.imports.mapping import Source
from shared.imports.table import Row

R = TypeVar("R", bound=BaseModel)

_ITEMS = re.compile(r"[;；、|,，]")
_NUMBERS = frozenset((int, float, Decimal))
_NO_AMOUNTS = frozenset(("nan", "inf", "infinity"))
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?", re.ASCII)
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is the caller's
"""Spreadsheets count days from here; a cell without a date's format shows only the number."""
_FORMATS = tuple(
    day + time
    for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
    for time in ("", " %H:%M", " %H:%M:%S")
)


@dataclass(frozen=True)
class Rejected:
    """A row nobody applies, and why."""

    number: int
    field: str
    reason: str


class RowReader(Generic[R]):
    """Reads rows of one file; made once, when the header is known."""

    def __init__(self, model: type[R], columns: Mapping[str, Source], *, zone: ZoneInfo) -> None:
        self._model = model
        self._steps = tuple(
            (name, _step(model, name, source, zone)) for name, source in columns.items()
        )
        self._columns = {name: ", ".join(source.read) for name, source in columns.items()}

    def read(self, row: Row) -> R | Rejected:
        """The parsed row, or the first thing wrong with it and how many more there are."""
        if row.reason:
            return Rejected(row.number, row.field, row.reason)
        values: dict[str, Any] = {}
        for name, step in self._steps:
            try:
                value = step(row.cells)
            except ValueError as error:
                return Rejected(row.number, self._name(name), str(error))
            if value is not None:
                field, _, inner = name.partition(".")
                if inner:
                    values.setdefault(field, {})[inner] = value
                else:
                    values[field] = value
        try:
            return self._model.model_validate(values)
        except ValidationError as error:
            return self._rejected(row.number, error)

    def _rejected(self, number: int, error: ValidationError) -> Rejected:
        first, *others = error.errors(include_url=False, include_input=False)
        field = ".".join(str(part) for part in first["loc"])
        reason = "is missing" if first["type"] == "missing" else first["msg"]
        reason = reason.removeprefix("Value error, ")
        if others:
            more = ", ".join(sorted({str(other["loc"][0]) for other in others if other["loc"]}))
            reason = f"{reason}; also wrong: {more}" if more else reason
        return Rejected(number, self._name(field), reason)

    def _name(self, field: str) -> str:
        """A field, and the column it was read from when that is called otherwise."""
        column = self._columns.get(field, "")
        return field if column in ("", field) else f"{field} ({column})"


Step = Callable[[Mapping[str, str]], str | list[str] | date | datetime | None]


def _step(model: type[BaseModel], name: str, source: Source, zone: ZoneInfo) -> Step:
    """How one field's value is made from the cells; blank is nothing."""
    field, _, inner = name.partition(".")
    wanted = set() if inner else _types(model.model_fields[field].annotation)
    listed = bool(wanted & {list, tuple, set, frozenset})
    moment = next((kind for kind in (datetime, date) if kind in wanted), None)
    counted = bool(wanted & _NUMBERS) and str not in wanted

    def step(cells: Mapping[str, str]) -> str | list[str] | date | datetime | None:
        text = _text(cells, source)
        if text is None:
            return None
        if listed:
            return items(text, source.split)
        if moment is not None:
            return _moment(text, source, moment, zone)
        if counted:
            return _amount(text)
        return text

    return step


def _text(cells: Mapping[str, str], source: Source) -> str | None:
    if source.const is not None:
        return source.const
    if source.column is not None:
        text = cells.get(source.column, "")
    else:
        text = source.join.join(filter(None, (cells.get(name, "") for name in source.columns)))
    if not text or text in source.missing:
        return source.default
    turned = source.values.get(text, text)
    return source.default if turned is None else turned


def items(text: str, parted_by: str | None = None) -> list[str]:
    """The parts of a cell that holds several."""
    parts = text.split(parted_by) if parted_by else _ITEMS.split(text)
    return [part.strip() for part in parts if part.strip()]


def _amount(text: str) -> str:
    """What only a programmer writes is no number: 1_000, nan."""
    if "_" in text or text.lower().lstrip("+-") in _NO_AMOUNTS:
        raise ValueError(f"“{text[:40]}” is not a number")
    return text


def _moment(text: str, source: Source, kind: type[date], zone: ZoneInfo) -> date | datetime:
    """A date as written, or a time in the file's zone when it names none."""
    found = _parse(text, source.dates)
    if kind is not datetime:
        return found.date()
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _parse(text: str, formats: tuple[str, ...]) -> datetime:
    if not formats and _SERIAL.fullmatch(text):
        return _FIRST_DAY + timedelta(days=float(text))
    if not formats:
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    for form in formats or _FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's
    raise ValueError(f"“{text[:40]}” is not a date of the calendar")


def _types(annotation: Any) -> set[Any]:
    """The plain types an annotation is made of: `tuple[str, ...] | None` gives tuple and NoneType."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return {kind for part in get_args(annotation) for kind in _types(part)}
    return {datetime} if annotation is AwareDatetime else {origin or annotation}
