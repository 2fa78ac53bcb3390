"""Reading what was sent: how much, how encoded, and whether it is JSON that we can keep."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import unquote_to_bytes

import orjson
from fastapi import Request
from pydantic import JsonValue

from shared.refusals import FieldError
from shared.web.refusals import (
    BodyTooLarge,
    EncodedBody,
    MalformedAddress,
    MalformedBody,
    UnsupportedMediaType,
)

DEEPEST = 64
_SUSPICIOUS = re.compile(rb"\\u0000|\d{19}")
_LARGEST_INTEGER = 2**63 - 1
_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A large body on disk, read from its beginning."""

    file: IO[bytes]
    size: int
    sha256: bytes


def refuse_encodings(request: Request) -> None:
    """A compressed body could be a bomb, so none is taken."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise EncodedBody


def refuse_media_type(request: Request, accepts: tuple[str, ...]) -> None:
    """A body that says it is something else is not guessed at."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in accepts and not (sent.endswith("+json") and "application/json" in accepts):
        raise UnsupportedMediaType(accepts=", ".join(accepts))


def refuse_unreadable_address(request: Request) -> None:
    """Bytes that are not UTF-8 and NUL characters never reach a handler."""
    raw: bytes = request.scope.get("raw_path") or b""
    try:
        text = unquote_to_bytes(raw + b"?" + request.scope["query_string"]).decode()
    except UnicodeDecodeError as undecodable:
        raise MalformedAddress(problem="it is not UTF-8") from undecodable
    if "\0" in text:
        raise MalformedAddress(problem="it holds a NUL character")


async def read(request: Request, *, limit: int) -> bytes:
    """The whole body, as long as it is not larger than it may be."""
    _refuse_announced(request, limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        chunks.append(chunk)
    return b"".join(chunks)


async def spool(request: Request, *, limit: int) -> Upload:
    """The whole body in a temporary file, hashed on its way."""
    _refuse_announced(request, limit)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by the door
    digest = hashlib.sha256()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            file.close()
            raise BodyTooLarge(limit=limit)
        digest.update(chunk)
        file.write(chunk)
    file.seek(0)
    return Upload(file=file, size=size, sha256=digest.digest())


def _refuse_announced(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise BodyTooLarge(limit=limit)


def parse_json(body: bytes) -> JsonValue:
    """The JSON in a body; refuses what PostgreSQL or a program behind us could not hold."""
    try:
        value: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError as broken:
        raise MalformedBody(problem=_explain(body, broken)) from broken
    if body.count(b"[") + body.count(b"{") > DEEPEST or _SUSPICIOUS.search(body):
        _walk(value)
    json.loads(body, object_pairs_hook=_refuse_a_name_twice)
    return value


def _refuse_a_name_twice(members: list[tuple[str, JsonValue]]) -> None:
    """Of two values under one name a parser keeps the last; which one was meant, nobody knows."""
    if len(dict(members)) < len(members):
        names = Counter(name for name, _ in members)
        twice = next(name for name, times in names.items() if times > 1)
        raise MalformedBody(problem=f"an object has the name {twice[:100]!r} more than once")


def _explain(body: bytes, broken: orjson.JSONDecodeError) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as undecodable:
        return f"it is not UTF-8 at byte {undecodable.start}"
    return f"it is not JSON at line {broken.lineno}, column {broken.colno}: {broken.msg}"


def _walk(root: JsonValue) -> None:
    waiting: list[tuple[str, JsonValue, int]] = [("", root, 0)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise MalformedBody(problem=f"it is nested deeper than {DEEPEST} levels")
        if isinstance(value, dict):
            _refuse_nul(pointer, *value)
            waiting += [(f"{pointer}/{key}", inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/{at}", inner, depth + 1) for at, inner in enumerate(value)]
        else:
            _refuse_value(pointer, value)


def _refuse_value(pointer: str, value: JsonValue) -> None:
    if isinstance(value, str):
        _refuse_nul(pointer, value)
    elif isinstance(value, int | float) and abs(value) > _LARGEST_INTEGER:
        error = FieldError(pointer=pointer, reason="The number is too large")
        raise MalformedBody(problem="a number is too large", errors=(error,))


def _refuse_nul(pointer: str, *texts: str) -> None:
    if any("\0" in text for text in texts):
        error = FieldError(pointer=pointer, reason="The text holds a NUL character")
        raise MalformedBody(problem="a text holds a NUL character", errors=(error,))
