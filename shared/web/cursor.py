"""Opaque positions in a list: signed, and good only for who got them, in the list they are of."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import orjson

from shared.web.refusals import InvalidCursor

Value = str | int | float | bool | None | datetime | date | UUID | Decimal
_SIGNATURE = 16


def encode(values: Sequence[Value], *, key: bytes, bound_to: bytes) -> str:
    """A cursor for the place of these sort values."""
    payload = orjson.dumps([_tagged(value) for value in values])
    return base64.urlsafe_b64encode(_sign(payload, key, bound_to) + payload).decode().rstrip("=")


def decode(cursor: str, *, key: bytes, bound_to: bytes) -> tuple[Value, ...]:
    """The sort values a cursor stands for; raises `InvalidCursor`."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError as unreadable:
        raise InvalidCursor from unreadable
    signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(payload, key, bound_to)):
        raise InvalidCursor
    return tuple(_untagged(*pair) for pair in orjson.loads(payload))


def _sign(payload: bytes, key: bytes, bound_to: bytes) -> bytes:
    return hmac.digest(key, bound_to + b"\n" + payload, hashlib.sha256)[:_SIGNATURE]


def _tagged(value: Value) -> tuple[str, str | int | float | bool | None]:
    match value:
        case datetime():
            return "datetime", value.isoformat()
        case date():
            return "date", value.isoformat()
        case UUID():
            return "uuid", str(value)
        case Decimal():
            return "decimal", str(value)
        case _:
            return "", value


def _untagged(tag: str, value: str) -> Value:
    match tag:
        case "datetime":
            return datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case "uuid":
            return UUID(value)
        case "decimal":
            return Decimal(value)
        case _:
            return value
