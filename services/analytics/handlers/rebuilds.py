"""Building the projections again from the first event, beside the live ones, to prove them."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiokafka import TopicPartition

from services.analytics.domain.rebuild import (
    Mark,
    Picture,
    Rebuild,
    WholeEnterpriseOnly,
    distance,
    verdict,
)
from services.analytics.gateways import EventLog
from services.analytics.repository import checksums, rebuilds
from shared import audit
from shared.consumer import store
from shared.consumer.loop import ConsumerLoop, Polled
from shared.consumer.store import Place, Position
from shared.db import Database, Tx
from shared.ids import new_id
from shared.timers import Outcome

GROUP = "analytics"
SIDE = "analytics_rebuild"
STEP = 20_000
"""Messages read before a step ends: a few seconds, so that stopping the process waits for no more."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """Where a copy is built: the live tables, their empty twins, the log, and the consumer's own code."""

    live: Database
    side: Database
    """Its search path begins with the side schema, so the very statements of the live one run there."""
    log: EventLog
    loop: ConsumerLoop


async def take_picture(tx: Tx) -> Picture:
    """What the projections add up to now."""
    _refuse_part_of_the_enterprise(tx)
    return await checksums.picture(tx, group=GROUP)


async def ask_for_rebuild(tx: Tx, *, by: UUID, now: datetime) -> UUID:
    """Somebody wants the projections proved."""
    _refuse_part_of_the_enterprise(tx)
    rebuild_id = new_id()
    await rebuilds.add(tx, rebuild_id=rebuild_id, asked_by=by, now=now)
    await audit.record(
        tx, action="rebuild_asked_for", subject_kind="rebuild", subject_id=rebuild_id
    )
    return rebuild_id


async def go_on(rebuild: Rebuild, workshop: Workshop, *, step: int = STEP) -> None:
    """Do one step of a rebuild. Where it stands is in the side schema: a step that dies is taken again.

    When PostgreSQL crashes it empties the side schema, and the rebuild begins anew.
    """
    async with workshop.side.tx() as tx:
        stands = rebuild.state == "running" and await rebuilds.marks(tx, group=GROUP)
    if not stands:
        rebuild = await _begin(rebuild, workshop)
    marks = await _read_on(rebuild, workshop, step=step)
    async with workshop.live.tx() as tx:
        await rebuilds.note_progress(tx, rebuild.id, messages_read=distance(marks))
    if distance(marks) == distance(rebuild.fence):
        await _compare(rebuild, workshop)


async def note_steps(tx: Tx, outcomes: Sequence[Outcome[Rebuild]], *, now: datetime) -> None:
    """What became of the steps."""
    await rebuilds.release(tx, [done.item.id for done in outcomes if done.failure is None])
    for outcome in outcomes:
        if outcome.failure is not None:
            await rebuilds.note_failure(
                tx,
                outcome.item.id,
                reason=outcome.failure.reason,
                for_good=not outcome.failure.retry,
                now=now,
            )


def _refuse_part_of_the_enterprise(tx: Tx) -> None:
    """A sum over the rows of some units proves nothing."""
    if not tx.scope.everything:
        raise WholeEnterpriseOnly


async def _begin(rebuild: Rebuild, workshop: Workshop) -> Rebuild:
    """Take the picture of the live projections that the copy has to match, and an empty workbench."""
    async with workshop.live.tx() as tx:
        live = await checksums.picture(tx, group=GROUP)
    async with workshop.side.tx() as tx:
        await rebuilds.begin_side_copy(tx, group=GROUP, marks=live.marks)
    async with workshop.live.tx() as tx:
        await rebuilds.set_fence(tx, rebuild.id, live)
    return Rebuild(id=rebuild.id, state="running", fence=live.marks)


async def _read_on(rebuild: Rebuild, workshop: Workshop, *, step: int) -> Sequence[Mark]:
    """Hear the log from where the copy stands, at most to the fence; where it stands then."""
    async with workshop.side.tx() as tx:
        before = await rebuilds.marks(tx, group=GROUP)
    fence = {TopicPartition(mark.topic, mark.partition): mark for mark in rebuild.fence}
    until = {partition: mark.next_offset for partition, mark in fence.items()}
    heard = 0
    async with aclosing(workshop.log.read(before, until=until)) as batches:
        async for polled in batches:
            await _hear(workshop, fence, polled)
            heard += sum(map(len, polled.values()))
            if heard >= step:
                break
    async with workshop.side.tx() as tx:
        return await rebuilds.marks(tx, group=GROUP)


async def _hear(workshop: Workshop, fence: Mapping[TopicPartition, Mark], polled: Polled) -> None:
    """One batch, exactly as the live consumer takes it: effects and positions in one transaction."""
    async with workshop.side.tx() as tx:
        tallies = await workshop.loop.take(tx, polled)
        reached: dict[Place, Position] = {
            partition: Position(
                topic_id=fence[partition].topic_id, next_offset=records[-1].offset + 1
            )
            for partition, records in polled.items()
        }
        await store.go_on(tx, reached, tallies, group=GROUP)


async def _compare(rebuild: Rebuild, workshop: Workshop) -> None:
    async with workshop.side.tx() as tx:
        rebuilt = await checksums.picture(tx, group=GROUP)
    async with workshop.live.tx() as tx:
        live = await rebuilds.live_sums(tx, rebuild.id)
        state = verdict(live, rebuilt.sums)
        await rebuilds.end(tx, rebuild.id, state=state, rebuilt=rebuilt.sums, now=tx.now)
