"""One instant in which everything said had been heard, seen in a single snapshot of all schemas.

In a snapshot in which every outbox is empty and every group stands at the end of the log, where the
end was read after the snapshot was taken, nothing is on its way: whatever a group heard it answered
in the transaction that moved its position.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from shangji.verify.estate import KINDS, SCHEMAS
from shangji.verify.topics import Place, TopicLog

LOOK_AGAIN = 0.25
Connection: TypeAlias = "asyncpg.Connection[Any]"

OUTBOX = " UNION ALL ".join(
    f"SELECT '{schema}' AS service, count(*) AS waiting FROM {schema}.outbox"  # noqa: S608 - names of our own
    for schema in SCHEMAS
)
REACHED = " UNION ALL ".join(
    f"""
    SELECT '{schema}' AS service, topic, partition, next_offset
      FROM {schema}.consumer_offset
     WHERE consumer_group = '{schema}'
    """  # noqa: S608 - names of our own
    for schema in SCHEMAS
)


@dataclass(frozen=True, kw_only=True)
class Rest:
    """The instant that is judged."""

    ends: Mapping[Place, int]
    unrest: Sequence[str]
    """What was still on its way when patience ended; empty when it was quiet."""


@asynccontextmanager
async def at_rest(
    connection: Connection,
    log: TopicLog,
    *,
    prefix: str,
    within: float,
    waiting: Callable[[str], None],
) -> AsyncIterator[Rest]:
    """A snapshot at rest, or the last one that was looked at when rest did not come in time."""
    deadline = time.monotonic() + within
    while True:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        await transaction.start()
        try:
            # Copying may take longer than what is sensible for a service.
            await connection.execute("SET LOCAL transaction_timeout = 0")
            unrest, ends = await _look(connection, log, prefix)
            if not unrest or time.monotonic() >= deadline:
                yield Rest(ends=ends, unrest=unrest)
                return
        finally:
            await transaction.rollback()
        waiting("; ".join(unrest[:3]))
        await asyncio.sleep(LOOK_AGAIN)


async def _look(
    connection: Connection, log: TopicLog, prefix: str
) -> tuple[list[str], Mapping[Place, int]]:
    outboxes = await connection.fetch(OUTBOX)
    reached = {
        (row["service"], row["topic"].removeprefix(prefix), row["partition"]): row["next_offset"]
        for row in await connection.fetch(REACHED)
    }
    ends = await log.ends()
    unrest = [f"{row['waiting']} to be sent by {row['service']}" for row in outboxes if row[1]]
    for kind in KINDS:
        for service in kind.listeners:
            behind = sum(
                max(0, ends[kind.name, number] - reached.get((service, kind.name, number), 0))
                for number in range(kind.partitions)
            )
            if behind:
                unrest.append(f"{behind} of {kind.name} to be heard by {service}")
    return unrest, ends
