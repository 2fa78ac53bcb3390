"""`/operations` and `/feed`, the same in every service."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from shared.access import listening
from shared.app import Resources
from shared.operations import handlers, queries
from shared.operations.lag import LogEnds
from shared.operations.schemas import (
    Clock,
    ClockShift,
    DeadLetter,
    Drop,
    FeedPage,
    ParkedEventOut,
    ParkedKey,
    PartitionStatus,
    Replay,
    Replayed,
    Resumed,
    Retried,
    Status,
)
from shared.refusals import Forbidden
from shared.web import Actor, Page, PageParams, Tx, allow, door

LONGEST_POLL = 10.0
POLL_EVERY = 0.2


class NotADemo(Forbidden):
    """Only the demo's clock can be moved."""


class NotTheWholeEnterprise(Forbidden):
    """The feed holds the whole enterprise's events; you may see only a part of it."""


def routers(resources: Resources) -> Sequence[APIRouter]:
    """What this service's operators can reach."""
    return [_status(resources), _parked(resources), _replay(resources), _feed(resources)]


def _status(resources: Resources) -> APIRouter:
    router = door.router(prefix="/operations", tags=["operations"])
    ends = LogEnds(resources.settings)
    group = resources.settings.service

    @router.get("/status", dependencies=[allow("operator", "auditor", "integrator")])
    async def read_status(tx: Tx) -> Status:
        """Whether everything said and heard so far has been carried out."""
        outbox, position, parked, dead = await queries.counts(tx)
        reached = await queries.offsets(tx, group=group)
        partitions = [
            PartitionStatus(
                topic=topic,
                partition=partition,
                next_offset=reached.get((topic, partition), (0, None))[0],
                end_offset=end,
                lag=max(0, end - reached.get((topic, partition), (0, None))[0]),
                stopped_because=reached.get((topic, partition), (0, None))[1],
            )
            for (topic, partition), end in sorted((await ends.read()).items())
        ]
        return Status(
            service=group,
            now=tx.now,
            outbox=outbox,
            feed_position=position,
            lag=sum(partition.lag for partition in partitions),
            partitions=partitions,
            parked=parked,
            dead_letters=dead,
            timers=await queries.resting_timers(tx),
        )

    @router.get("/clock", dependencies=[allow("operator", "auditor", "integrator")])
    async def read_clock(tx: Tx) -> Clock:
        """What time it is here."""
        shift: timedelta = await tx.fetchval("SELECT shift FROM clock")
        return Clock(now=tx.now, shift_seconds=shift.total_seconds())

    @router.put("/clock", dependencies=[allow("operator")])
    async def shift_clock(body: ClockShift, tx: Tx) -> Clock:
        """Look at the demo on a later day."""
        if not resources.settings.demo:
            raise NotADemo
        shift = timedelta(seconds=body.shift_seconds)
        await handlers.shift_clock(tx, shift=shift)
        now = await tx.fetchval("SELECT clock_timestamp() + $1::interval", shift)
        return Clock(now=now, shift_seconds=body.shift_seconds)

    return router


def _parked(resources: Resources) -> APIRouter:
    router = door.router(prefix="/operations", tags=["operations"])
    consumer = listening(resources.service.consumer)
    group = resources.settings.service

    @router.get("/parked", dependencies=[allow("operator", "auditor")])
    async def list_parked(tx: Tx, page: PageParams) -> Page[ParkedKey]:
        """The aggregates whose events wait."""
        after_id = page.value(1)
        found = await queries.parked_keys(
            tx,
            after_type=str(page.value(0)) if after_id else None,
            after_id=UUID(str(after_id)) if after_id else None,
            limit=page.fetch,
        )
        return page.page(found, sort=lambda key: (key.aggregate_type, key.aggregate_id))

    @router.get(
        "/parked/{aggregate_type}/{aggregate_id}", dependencies=[allow("operator", "auditor")]
    )
    async def show_parked(aggregate_type: str, aggregate_id: UUID, tx: Tx) -> list[ParkedEventOut]:
        """The events of one aggregate that wait."""
        return await queries.parked_events(
            tx, aggregate_type=aggregate_type, aggregate_id=aggregate_id
        )

    @router.post("/parked/{aggregate_type}/{aggregate_id}/retry", dependencies=[allow("operator")])
    async def retry_parked(aggregate_type: str, aggregate_id: UUID, tx: Tx) -> Retried:
        """Put them back, in order, after the cause is cured."""
        return await handlers.retry(
            tx, consumer, group=group, aggregate_type=aggregate_type, aggregate_id=aggregate_id
        )

    @router.post("/parked/{aggregate_type}/{aggregate_id}/drop", dependencies=[allow("operator")])
    async def drop_parked(aggregate_type: str, aggregate_id: UUID, body: Drop, tx: Tx) -> Retried:
        """Give up the first of them and go on with the rest."""
        return await handlers.drop(
            tx,
            consumer,
            group=group,
            aggregate_type=aggregate_type,
            aggregate_id=aggregate_id,
            why=body.why,
        )

    @router.get("/dead-letters", dependencies=[allow("operator", "auditor")])
    async def list_dead_letters(
        tx: Tx, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> list[DeadLetter]:
        """The newest messages that could not be read."""
        return await queries.dead_letters(tx, limit=limit)

    return router


def _replay(resources: Resources) -> APIRouter:
    router = door.router(prefix="/operations", tags=["operations"], remember=False)

    @router.post("/replay", dependencies=[allow("operator")])
    async def replay_feed(body: Replay) -> Replayed:
        """Send this service's feed to Kafka again; listeners drop what they have heard."""
        events, position = await handlers.replay(
            resources.database, resources.settings, after=body.after, limit=body.limit
        )
        return Replayed(events=events, position=position)

    @router.post("/resume", dependencies=[allow("operator")])
    async def resume_partitions(tx: Tx) -> Resumed:
        """Let partitions go on that stopped because their log lost its beginning."""
        return Resumed(partitions=await handlers.resume(tx, resources.settings))

    return router


def _feed(resources: Resources) -> APIRouter:
    router = door.router(tags=["feed"])

    @router.get("/feed", dependencies=[allow("operator", "integrator")])
    async def read_feed(
        actor: Actor,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        types: Annotated[list[str] | None, Query(max_length=50)] = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST_POLL, description="Seconds")] = 0,
    ) -> FeedPage:
        """This service's events in one total, gapless order, from the first on."""
        if not actor.scope.everything:
            raise NotTheWholeEnterprise
        until = asyncio.get_running_loop().time() + wait
        while True:
            async with resources.database.tx() as tx:
                items = await queries.feed(
                    tx,
                    service=resources.settings.service,
                    after=after,
                    limit=limit,
                    types=types,
                )
            if items or resources.stop.is_set() or asyncio.get_running_loop().time() >= until:
                return FeedPage(items=items, next_after=items[-1].position if items else after)
            await asyncio.sleep(POLL_EVERY)

    return router
