"""Aggregates number their events: the sequence rises by one per event, and by nothing else."""

from dataclasses import replace
from typing import Any, Protocol, TypeVar

from shared.contracts.base import Event


class Aggregate(Protocol):
    """State whose `sequence` is that of its last event; 0 before the first."""

    @property
    def sequence(self) -> int: ...


S = TypeVar("S")
E_ = TypeVar("E_", bound=Event)


def advance(state: S, /, *events: E_, **changes: Any) -> tuple[S, tuple[E_, ...]]:
    """The changed state, numbered for its events, and the events: no change without an event."""
    sequence: int = state.sequence + len(events)  # type: ignore[attr-defined]  # S is a dataclass
    return replace(state, sequence=sequence, **changes), events  # type: ignore[type-var]
