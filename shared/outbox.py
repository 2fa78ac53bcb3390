"""What a service says: written in the transaction that makes it true, carried out by the relay."""

from collections.abc import Sequence
from datetime import datetime

from shared import tracing
from shared.aggregate import Aggregate
from shared.contracts.base import Event
from shared.db import Tx
from shared.ids import new_id

Change = tuple[Aggregate, Sequence[Event]]


async def append(tx: Tx, state: Aggregate, events: Sequence[Event], *, at: datetime) -> None:
    """Announce what happened to one aggregate, whose row this transaction holds locked.

    The events end at the state's sequence. `asyncpg.UniqueViolationError` means that the aggregate
    was not locked; `asyncpg.CheckViolationError` that an event is larger than 256 KiB.
    """
    await append_all(tx, [(state, events)], at=at)


async def append_all(tx: Tx, changes: Sequence[Change], *, at: datetime) -> None:
    """Announce what happened to many aggregates, in one statement; `at` is business time.

    It is written with all that concludes the transaction: failures may come as late as that.
    """
    rows = [
        (event, state.sequence - len(events) + number)
        for state, events in changes
        for number, event in enumerate(events, start=1)
    ]
    if not rows:
        return
    await tx.later(
        """
        INSERT INTO outbox
               (event_id, aggregate_type, aggregate_id, sequence, type, headers, payload, occurred_at)
        SELECT event_id, aggregate_type, aggregate_id, sequence, type,
               jsonb_build_object('traceparent', traceparent), payload, $8
          FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::bytea[])
            AS row (event_id, aggregate_type, aggregate_id, sequence, type, traceparent, payload)
        """,
        [new_id() for _ in rows],
        [event.aggregate_type for event, _ in rows],
        [event.aggregate_id for event, _ in rows],
        [sequence for _, sequence in rows],
        [event.type for event, _ in rows],
        [tracing.traceparent_of(event) for event, _ in rows],
        [event.model_dump_json(exclude={"type"}).encode() for event, _ in rows],
        at,
    )
    tx.announce()


async def depth(tx: Tx) -> int:
    """How many events wait for Kafka."""
    return await tx.fetchval("SELECT count(*) FROM outbox")
