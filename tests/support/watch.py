"""Looks at a stack from outside, twenty times a second: who made progress when, and who answers."""

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import asyncpg

from shared.db import TRANSIENT

LOOK_EVERY = 0.05
PROGRESS = """
    SELECT 'leads consumer' AS name, sum(next_offset)::bigint AS reached FROM leads.consumer_offset
    UNION ALL SELECT 'opportunities consumer', sum(next_offset)::bigint FROM opportunities.consumer_offset
    UNION ALL SELECT 'notifications consumer', sum(next_offset)::bigint FROM notifications.consumer_offset
    UNION ALL SELECT 'analytics consumer', sum(next_offset)::bigint FROM analytics.consumer_offset
    UNION ALL SELECT 'leads relay', position FROM leads.feed_head
    UNION ALL SELECT 'opportunities relay', position FROM opportunities.feed_head
    UNION ALL SELECT 'notifications relay', position FROM notifications.feed_head
"""


@dataclass
class Watch:
    """What was seen of one stack since it is watched."""

    readonly_url: str
    kafka: tuple[str, int]
    taken: Callable[[], int]
    """How many commands were accepted."""
    looks: list[float] = field(default_factory=list)
    """When the progress was looked at, and could be seen."""
    seen: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    """Each change: of which look, and to what."""
    answers: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    """When a server began to answer, or no longer did."""

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_at_progress())
            group.create_task(self._knock_at_kafka())

    def next_progress(self, name: str, after: float) -> float | None:
        """When something moved on that was looked at after this moment, if it has."""
        number = bisect_right(self.looks, after)
        if number >= len(self.looks):
            return None
        first = self.looks[number]
        return next((at for at, _ in self.seen[name] if at > first), None)

    def next_answer(self, server: str, after: float) -> float | None:
        """When a server answered again that had been found dead after this moment."""
        changes = [change for change in self.answers[server] if change[0] > after]
        died = next((at for at, answers in changes if not answers), None)
        if died is None:
            return None
        return next((at for at, answers in changes if answers and at > died), None)

    async def _look_at_progress(self) -> None:
        while True:
            with suppress(*TRANSIENT, asyncpg.PostgresError):
                connection = await asyncpg.connect(self.readonly_url, timeout=2, command_timeout=5)
                self._note_answer("postgres", True)
                try:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(LOOK_EVERY)
                finally:
                    connection.terminate()
            self._note_answer("postgres", False)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        began = monotonic()
        rows = await connection.fetch(PROGRESS)
        self.looks.append(began)
        for row in rows:
            self._note_progress(row["name"], began, row["reached"] or 0)
        self._note_progress("commands", began, self.taken())

    def _note_progress(self, name: str, at: float, reached: int) -> None:
        changes = self.seen[name]
        if not changes or changes[-1][1] != reached:
            changes.append((at, reached))

    async def _knock_at_kafka(self) -> None:
        """Knock once and stay: who knocks all the time fills the queue that everybody stands in."""
        while True:
            with suppress(OSError, TimeoutError):
                reader, writer = await asyncio.wait_for(asyncio.open_connection(*self.kafka), 2)
                self._note_answer("kafka", True)
                try:
                    await reader.read()
                finally:
                    writer.transport.abort()
            self._note_answer("kafka", False)
            await asyncio.sleep(LOOK_EVERY)

    def _note_answer(self, server: str, answers: bool) -> None:
        changes = self.answers[server]
        if not changes or changes[-1][1] is not answers:
            changes.append((monotonic(), answers))
