"""Custom fields: what an enterprise keeps beside what every record has, described by JSON Schema."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeAlias

import jsonschema_rs
import orjson
from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError
from pydantic import AfterValidator, JsonValue

from shared.refusals import FieldError

Value: TypeAlias = str | bool | float
"""What a custom field may hold."""
LARGEST_SCHEMA = 20_000
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
_REASONS: Mapping[str, Callable[[Any], str]] = {
    "Type": lambda kind: f"Expected {' or '.join(kind.types)}",
    "Enum": lambda kind: f"Expected one of {', '.join(map(str, kind.options))}",
    "Const": lambda kind: f"Expected {kind.expected_value}",
    "Minimum": lambda kind: f"It is less than {kind.limit}",
    "Maximum": lambda kind: f"It is more than {kind.limit}",
    "MinLength": lambda kind: f"It is shorter than {kind.limit} characters",
    "MaxLength": lambda kind: f"It is longer than {kind.limit} characters",
    "Pattern": lambda kind: f"It does not look like {kind.pattern}",
    "Format": lambda kind: f"It is not a {kind.format}",
    "Required": lambda _kind: "It is required",
    "AdditionalProperties": lambda _kind: "There is no such field",
}


def _usable_schema(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    written = orjson.dumps(schema)
    if len(written) > LARGEST_SCHEMA:
        raise ValueError(f"the schema is larger than {LARGEST_SCHEMA} bytes")
    if schema and schema.get("type", "object") != "object":
        raise ValueError("custom fields are members of an object")
    try:
        jsonschema_rs.meta.validate(schema)
        _validator(written)
    except ValidationError as invalid:
        raise ValueError(f"it is not a JSON Schema: {invalid.message}") from invalid
    except Exception as invalid:
        raise ValueError(f"the schema cannot be used: {invalid}") from invalid
    return schema


AttributeSchema = Annotated[dict[str, JsonValue], AfterValidator(_usable_schema)]
"""JSON Schema of the custom fields, the members of an object."""


def measured(cell: object) -> object:
    """Files write numbers as text; rules compare numbers."""
    return float(cell) if isinstance(cell, str) and _NUMBER.fullmatch(cell) else cell


def unfit(
    schema: Mapping[str, JsonValue], attributes: Mapping[str, Value]
) -> tuple[FieldError, ...]:
    """Custom fields that do not fit their schema, each with its reason; never what was sent."""
    if not schema:
        return ()
    validator = _validator(orjson.dumps(schema))
    found = [error for each in validator.iter_errors(dict(attributes)) for error in _errors(each)]
    return tuple(found)


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Draft202012Validator:
    """Compiled once; patterns take linear time, and nothing is fetched from anywhere."""
    return Draft202012Validator(
        orjson.loads(schema), validate_formats=True, pattern_options=RegexOptions(), offline=True
    )


def _errors(found: ValidationError) -> Iterator[FieldError]:
    place = "".join(f"/{part}" for part in found.instance_path)
    kind = type(found.kind).__name__
    say = _REASONS.get(kind, lambda _kind: f"It does not fit ({kind})")
    for name in _named(found.kind):
        yield FieldError(pointer=f"/attributes{place}{name}", reason=say(found.kind))


def _named(kind: Any) -> list[str]:
    match type(kind).__name__:
        case "Required":
            return [f"/{kind.property}"]
        case "AdditionalProperties":
            return [f"/{name}" for name in kind.unexpected]
        case _:
            return [""]
