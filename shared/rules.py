"""Conditions that administrators write, in CEL: checked when they are saved, quick when they run.

The only place that knows the CEL library; it reports failures as values, takes neither `Decimal` nor
`UUID`, and tells whole numbers from decimal ones. See https://cel.dev for the language.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from cel_expr_python import cel

TypeName = Literal["bool", "int", "double", "string", "timestamp", "duration", "list", "map"]
Outcome = bool | int | float | str

LONGEST_EXPRESSION = 4000
_TYPES: Mapping[str, cel.Type] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "timestamp": cel.Type.TIMESTAMP,
    "duration": cel.Type.DURATION,
    "list": cel.Type.List(cel.Type.DYN),
    "map": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
}
_COMPOUND = frozenset(("list", "map"))
_PYTHON: Mapping[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "double": (int, float),
    "string": str,
}
_WORD = re.compile(r"[A-Za-z_]\w*")
_MEMBER = r"""\b{name}(?:\.([A-Za-z_]\w*)\b|\[(?:'([^'\\]+)'|"([^"\\]+)")\])(?!\s*[.(\[])"""
_PROBLEM = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.+)")


class InvalidExpression(ValueError):
    """The text is not an expression over the fields there are; says what is wrong, and where."""

    def __init__(self, problem: str, position: tuple[int, int] | None = None) -> None:
        where = f" (line {position[0]}, column {position[1]})" if position else ""
        super().__init__(f"{problem}{where}")
        self.problem = problem
        self.position = position


class RuleFailed(Exception):
    """The expression has no value for these fields, such as one that nobody filled in."""


_ABSENT = object()

Place = tuple[str, str]
"""A field, and the member of it when it is a map."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A compiled expression."""

    text: str
    gives: TypeName
    uses: tuple[str, ...]
    """The fields it may speak of; handing over the others would cost more than the rule itself."""
    reads: tuple[Place, ...] | None
    """The single values it speaks of, which come again and again, and with them the outcome; nothing
    when it speaks of a list, or of a map as a whole."""
    _program: cel.Expression

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """The value for these fields; raises `RuleFailed`."""
        read = self._read(values)
        if read is None:
            return self.work_out({name: values[name] for name in self.uses if name in values})
        found = _remembered(self, *read)
        if isinstance(found, _Failure):
            raise RuleFailed(found.reason)
        return found

    def _read(self, values: Mapping[str, Any]) -> list[Any] | None:
        """What the rule reads, unless that is more than single values."""
        if self.reads is None:
            return None
        read: list[Any] = []
        for field, member in self.reads:
            value = values.get(field, _ABSENT)
            if member:
                value = value.get(member, _ABSENT) if type(value) is dict else None
                if value is None or isinstance(value, dict | list):
                    return None
            read.append(value)
        return read

    def work_out(self, values: Mapping[str, Any]) -> Outcome:
        """The value for these fields, which are all among those it uses."""
        try:
            found = self._program.eval(
                data={name: _as_cel(value) for name, value in values.items()}
            )
        except RuntimeError as failed:
            raise RuleFailed(_first_line(str(failed))) from failed
        if found.type() == cel.Type.ERROR:
            raise RuleFailed(_first_line(str(found.value())))
        return self._checked(found.value())

    def _checked(self, value: Any) -> Outcome:
        """An expression over untyped fields shows only here what it gives."""
        expected = _PYTHON[self.gives]
        if not isinstance(value, expected) or (self.gives != "bool" and isinstance(value, bool)):
            raise RuleFailed(f"It gives {type(value).__name__}, not {self.gives}")
        if isinstance(value, float) and not math.isfinite(value):
            raise RuleFailed("It gives no finite number")
        return value


class Environment:
    """The fields an expression may speak of, each with its type."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        unknown = set(fields.values()) - _TYPES.keys()
        if unknown:
            raise ValueError(f"There are no types {sorted(unknown)}; there are {sorted(_TYPES)}")
        self._fields = tuple(sorted(fields.items()))

    def compile(self, text: str, *, gives: TypeName = "bool") -> Rule:
        """The expression, checked to give such a value; raises `InvalidExpression`."""
        return _compile(self._fields, text, gives)


@dataclass(frozen=True)
class _Failure:
    """A rule that has no value for what it reads has none the next time either."""

    reason: str


@lru_cache(maxsize=8192, typed=True)
def _remembered(rule: Rule, *read: Any) -> Outcome | _Failure:
    """What a rule gives depends on nothing but what it reads; 1 and 1.0 are not the same to it."""
    values: dict[str, Any] = {}
    for (field, member), value in zip(rule.reads or (), read, strict=True):
        holder, name = (values.setdefault(field, {}), member) if member else (values, field)
        if value is not _ABSENT:
            holder[name] = value
    try:
        return rule.work_out(values)
    except RuleFailed as failed:
        return _Failure(str(failed))


@lru_cache(maxsize=256)
def _environment(fields: tuple[tuple[str, str], ...]) -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[kind] for name, kind in fields})


@lru_cache(maxsize=8192)
def _compile(fields: tuple[tuple[str, str], ...], text: str, gives: TypeName) -> Rule:
    if len(text) > LONGEST_EXPRESSION:
        raise InvalidExpression(f"It is longer than {LONGEST_EXPRESSION} characters")
    if gives not in _PYTHON:
        raise ValueError(f"A rule gives one of {sorted(_PYTHON)}, not {gives}")
    try:
        program = _environment(fields).compile(text)
    except (RuntimeError, ValueError) as refused:
        raise _explained(str(refused)) from refused
    if program.return_type() not in (_TYPES[gives], cel.Type.DYN):
        raise InvalidExpression(f"It gives {program.return_type().name().lower()}, not {gives}")
    words = frozenset(_WORD.findall(text))
    uses = {name: kind for name, kind in fields if name in words}
    return Rule(text, gives, tuple(uses), _places(text, uses), program)


def _places(text: str, uses: Mapping[str, str]) -> tuple[Place, ...] | None:
    """Where the text reads single values; nothing when it does not keep to those."""
    places: dict[Place, None] = {}
    for name, kind in uses.items():
        if kind not in _COMPOUND:
            places[name, ""] = None
            continue
        members = re.findall(_MEMBER.format(name=name), text)
        if kind == "list" or len(members) != len(re.findall(rf"\b{name}\b", text)):
            return None
        places |= dict.fromkeys((name, "".join(member)) for member in members)
    return tuple(places)


def _explained(message: str) -> InvalidExpression:
    found = _PROBLEM.search(message)
    if found is None:
        return InvalidExpression(_first_line(message))
    line, column, problem = (
        int(found[1]),
        int(found[2]),
        found[3].removesuffix(" [INVALID_ARGUMENT]"),
    )
    problem = problem.removesuffix(" (in container '')")
    if "(double, int)" in problem or "(int, double)" in problem:
        problem += "; write whole numbers beside decimal ones with a point, such as 50.0"
    return InvalidExpression(problem, (line, column) if line > 0 else None)


def _first_line(message: str) -> str:
    return message.partition("\n")[0][:300]


def _as_cel(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str() | bytes() | datetime() | timedelta():
            return value
        case Decimal():
            return float(value)
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): _as_cel(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_as_cel(inner) for inner in value]
        case _:
            raise RuleFailed(f"A rule cannot use a {type(value).__name__}")
