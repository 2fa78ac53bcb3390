"""Who hears what."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.contracts.base import Event
from shared.db import Tx

E = TypeVar("E", bound=Event, covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard(Generic[E]):
    """An event as it came: its own fact, and where it stands among those of its aggregate."""

    event: E
    event_id: UUID
    sequence: int
    occurred_at: datetime
    """Business time of the command that caused it."""


Handler = Callable[[Tx, Sequence[Heard[Any]]], Awaitable[None]]
H = TypeVar("H", bound=Handler)


class Consumer:
    """Maps event types to handlers.

    A handler gets a batch that holds at most one event of each aggregate; later events of the same
    aggregate come in a later call. It runs inside the transaction that also stores the position, so
    it needs no cleverness against duplicates, and must not reach outside.

    `rest` are the seconds it lets messages gather after it has taken some: what nobody waits for is
    taken a few times a second, however fast it comes, and leaves the processors to those who are.
    """

    def __init__(self, handlers: Mapping[str, Handler] | None = None, *, rest: float = 0.0) -> None:
        self._handlers: dict[str, Handler] = dict(handlers or {})
        self.rest = rest

    def on(self, *events: type[Event]) -> Callable[[H], H]:
        """Let the decorated function hear these events."""

        def register(handler: H) -> H:
            for event in events:
                name: str = event.model_fields["type"].default
                if name in self._handlers:
                    raise ValueError(f"{name} already has a handler")
                self._handlers[name] = handler
            return handler

        return register

    def handler_of(self, type_name: str) -> Handler | None:
        """The function that hears this type, or nothing when nobody here listens."""
        return self._handlers.get(type_name)

    @property
    def types(self) -> frozenset[str]:
        """The event types that are heard."""
        return frozenset(self._handlers)

    def joined_with(self, other: "Consumer") -> "Consumer":
        """Both consumers as one; a type that both hear is heard by both, `other` first."""
        joined: dict[str, Handler] = {}
        for name in self.types | other.types:
            first, second = other.handler_of(name), self.handler_of(name)
            handler = _both(first, second) if first and second else first or second
            if handler is not None:
                joined[name] = handler
        return Consumer(joined, rest=self.rest)


def _both(first: Handler, second: Handler) -> Handler:
    async def handle(tx: Tx, batch: Sequence[Heard[Any]]) -> None:
        await first(tx, batch)
        await second(tx, batch)

    return handle
