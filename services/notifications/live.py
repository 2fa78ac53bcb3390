"""Wakes open streams when something was placed for their readers."""

import asyncio
from collections.abc import Iterable
from uuid import UUID
from weakref import WeakSet


class Bell:
    """Rings in this process only: what another process placed is found by asking again."""

    def __init__(self) -> None:
        self._listening: dict[UUID, WeakSet[asyncio.Event]] = {}

    def listen(self, person: UUID) -> asyncio.Event:
        """An event that is set whenever the bell rings for this person, as long as somebody holds it."""
        rung = asyncio.Event()
        self._listening.setdefault(person, WeakSet()).add(rung)
        return rung

    def ring(self, people: Iterable[UUID]) -> None:
        """Say that something was placed for these people, and committed."""
        for person in people:
            for rung in self._listening.get(person, ()):
                rung.set()


BELL = Bell()
"""One for each process: it joins handlers to streams that know nothing of each other."""
