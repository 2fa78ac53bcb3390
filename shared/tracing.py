"""Traces that go on through events: W3C Trace Context, https://www.w3.org/TR/trace-context/.

The trace id is also the correlation id in logs, audit rows and problems.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from uuid import UUID

import structlog

from shared.contracts.base import Event

_current: ContextVar[str] = ContextVar("traceparent", default="")
_causes: ContextVar[Mapping[UUID, str]] = ContextVar("causes", default=MappingProxyType({}))
_VALID = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")


def child_of(parent: str) -> str:
    """A new span in the parent's trace; a new trace when the parent is missing or malformed."""
    if not _VALID.match(parent):
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    version, trace_id, _, flags = parent.split("-")
    return f"{version}-{trace_id}-{secrets.token_hex(8)}-{flags}"


def correlation_id() -> str:
    """The id that ties together all that one request or one event set in motion."""
    return correlation_of(_current.get())


def correlation_of(traceparent: str) -> str:
    """The correlation id of whatever happens in a span."""
    return traceparent[3:35]


def traceparent() -> str:
    """The current span; a new trace where none was begun."""
    return _current.get() or child_of("")


@contextmanager
def span(parent: str = "", **fields: str) -> Iterator[str]:
    """Work in a new span, with its correlation id on every log line."""
    current = child_of(parent)
    token = _current.set(current)
    with structlog.contextvars.bound_contextvars(correlation_id=current[3:35], **fields):
        try:
            yield current
        finally:
            _current.reset(token)


@contextmanager
def caused_by(causes: Mapping[UUID, str]) -> Iterator[None]:
    """Work on a batch: what is announced about one of these aggregates goes on in its trace."""
    token = _causes.set(causes)
    try:
        yield
    finally:
        _causes.reset(token)


@contextmanager
def caused_alike(twins: Mapping[UUID, UUID]) -> Iterator[None]:
    """What is announced about one of these goes on in the trace of the other it is mapped to."""
    causes = _causes.get()
    also = {twin: causes[known] for twin, known in twins.items() if known in causes}
    with caused_by({**causes, **also}):
        yield


def traceparent_of(event: Event) -> str:
    """The span an event was announced in: that of the heard event it names, or the current one."""
    causes = _causes.get()
    if causes:
        for value in event.__dict__.values():
            if isinstance(value, UUID) and value in causes:
                return child_of(causes[value])
    return traceparent()
