"""What a mapping says: which column becomes which field, and how its values are turned."""

from collections.abc import Mapping as MappingOf
from difflib import get_close_matches
from typing import Any, Self, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from shared.imports import document
from shared.imports.document import Document
from shared.imports.hook import Importer, Settings
from shared.imports.table import Format

DEFAULT_SYSTEM = "file"


class Source(BaseModel):
    """Where one field comes from. Short form: just the column's name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str | None = None
    columns: tuple[str, ...] = ()
    """Several columns, joined by `join`, blanks left out."""
    join: str = " "
    const: str | None = None
    """The same value for every row, whatever the file says."""
    values: MappingOf[str, str | None] = Field(default_factory=dict)
    """Replacements; a value that is not listed stays as it is, one replaced by nothing is missing."""
    missing: tuple[str, ...] = ()
    """Values that mean: nothing was said."""
    default: str | None = None
    """What a missing value becomes."""
    dates: tuple[str, ...] = ()
    """Formats of a date (`%d/%m/%Y`), tried in order."""
    split: str | None = None
    """What separates the items of a list."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: object) -> object:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        origins = (self.column is not None, bool(self.columns), self.const is not None)
        if sum(origins) != 1:
            raise ValueError("say exactly one of column, columns and const")
        return self

    @property
    def read(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.column,) if self.column is not None else self.columns


class Mapping(BaseModel):
    """A mapping as it is applied to a file."""

    model_config = ConfigDict(frozen=True)

    system: str = Field(default=DEFAULT_SYSTEM, min_length=1, max_length=64)
    history: bool = False
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    zone: str = "Asia/Shanghai"
    """Of times that name none."""
    columns: MappingOf[str, Source] | None = None
    """Nothing means: matched by name."""
    settings: MappingOf[str, Any] = Field(default_factory=dict)
    """What else the importer of this kind understands."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(f"there is no time zone “{name}”") from unknown

    @property
    def form(self) -> Format:
        """How the file is to be read."""
        return Format(encoding=self.encoding, delimiter=self.delimiter, sheet=self.sheet)

    def settings_for(self, importer: Importer[Any]) -> Settings:
        """The importer's own settings, which were checked when the mapping was read."""
        return importer.settings.model_validate(dict(self.settings))


_KEYS = ("kind", *(name for name in Mapping.model_fields if name != "settings"))


def read(text: str, importer: Importer[Any]) -> Mapping:
    """The mapping in a YAML or JSON text; every mistake is refused with its line and column."""
    written = document.read(text)
    if not isinstance(written.value, dict):
        raise written.refuse((), "a mapping has keys: system, columns, …")
    values = dict(written.value)
    _check_kind(written, values.pop("kind", importer.kind), importer)
    own = {key: values.pop(key) for key in list(values) if key in importer.settings.model_fields}
    unknown = next((key for key in values if key not in _KEYS), None)
    if unknown is not None:
        known = [*_KEYS, *importer.settings.model_fields]
        raise written.refuse((unknown,), _unknown("key", unknown, known))
    mapping = _validate(written, Mapping, {**values, "settings": own})
    _validate(written, importer.settings, own)
    _check_fields(written, mapping, importer)
    return mapping


def _check_kind(written: Document, kind: object, importer: Importer[Any]) -> None:
    if kind != importer.kind:
        raise written.refuse(
            ("kind",), f"this mapping is for {kind}, the file was sent as {importer.kind}"
        )


def _validate(written: Document, model: type[Any], values: MappingOf[str, object]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        path = tuple(part for part in first["loc"] if part != "settings")
        if first["type"] == "extra_forbidden":
            name = str(path[-1])
            raise written.refuse(path, _unknown("key", name, Source.model_fields)) from error
        raise written.refuse(path, first["msg"].removeprefix("Value error, ")) from error


def _check_fields(written: Document, mapping: Mapping, importer: Importer[Any]) -> None:
    for name in mapping.columns or {}:
        field, _, inner = name.partition(".")
        info = importer.row.model_fields.get(field)
        if info is None:
            problem = _unknown("field", name, importer.row.model_fields)
            raise written.refuse(("columns", name), problem)
        if inner and get_origin(info.annotation) is not dict:
            raise written.refuse(("columns", name), f"“{field}” takes no dotted names")


def _unknown(what: str, name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1)
    hint = f"; did you mean “{near[0]}”?" if near else f"; known: {', '.join(known)}"
    return f"there is no {what} “{name}”{hint}"
