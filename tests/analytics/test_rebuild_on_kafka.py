"""The timer that rebuilds, on a real broker: the log it reads is the one the consumer heard."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.analytics.consumers import consumer
from services.analytics.handlers import rebuilds
from services.analytics.queries import rebuilds as queries
from services.analytics.schemas import RebuildOut
from services.analytics.timers import TIMERS
from shangji.infra.bootstrap import DatabaseAccess
from shangji.infra.servers import KafkaServer
from shared import access, timers, topics
from shared.consumer.loop import ConsumerLoop
from shared.contracts.base import Event
from shared.db import Database
from shared.envelope import Envelope
from shared.ids import new_id
from shared.relay import KafkaPublisher
from shared.settings import ServiceSettings
from tests.analytics import make
from tests.support.waiting import until


@dataclass
class Stack:
    """Analytics on a broker, as its own process would run."""

    settings: ServiceSettings
    database: Database
    publisher: KafkaPublisher

    async def tell(self, *events: Event) -> None:
        """Let these be published and heard."""
        await self.publisher.publish([_first_of_its_aggregate(event) for event in events])
        await until(f"{len(events)} events to be heard", lambda: self._heard(len(events)))

    async def rebuild(self) -> RebuildOut:
        """Ask for a rebuild and let the timer work until it has ended."""
        async with self.database.tx() as tx:
            asked = await rebuilds.ask_for_rebuild(tx, by=UUID(int=1), now=tx.now)
        while await timers.sweep(self.database, TIMERS[0]):
            pass
        async with self.database.tx() as tx:
            return await queries.rebuild(tx, asked)

    async def _heard(self, count: int) -> bool:
        async with self.database.tx() as tx:
            return await tx.fetchval("SELECT count(*) FROM heard") == count


@pytest_asyncio.fixture
async def stack(
    database: DatabaseAccess, kafka: KafkaServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stack]:
    environment = {
        "SHANGJI_ANALYTICS_DATABASE_URL": database.app_url("analytics"),
        "SHANGJI_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "SHANGJI_TOPIC_PREFIX": f"t{uuid4().hex[:8]}.",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = ServiceSettings.load("analytics")
    await topics.ensure(settings)
    pool = await Database.open(settings.database_url, schema="analytics")
    publisher = KafkaPublisher(settings)
    await publisher.start()
    stop = asyncio.Event()
    loop = ConsumerLoop(settings, pool, access.listening(consumer))
    consuming = asyncio.create_task(loop.run(stop))
    yield Stack(settings=settings, database=pool, publisher=publisher)
    stop.set()
    await consuming
    await publisher.stop()
    await pool.close()


def _first_of_its_aggregate(event: Event) -> Envelope:
    return Envelope(
        event_id=new_id(),
        aggregate_type=event.aggregate_type,
        aggregate_id=event.aggregate_id,
        sequence=1,
        type=event.type,
        traceparent="",
        occurred_at=make.NOW,
        payload=event.model_dump_json(exclude={"type"}).encode(),
    )


async def test_the_timer_rebuilds_from_the_first_message_in_kafka(stack: Stack) -> None:
    anna = make.person("Anna")
    leads = [make.lead() for _ in range(20)]
    await stack.tell(
        anna,
        *leads,
        *(make.assigned("lead", lead.lead_id, anna) for lead in leads),
        *(make.recorded(anna) for _ in range(20)),
    )

    found = await stack.rebuild()

    assert (found.state, found.problem) == ("equal", "")
    assert (found.messages_read, found.tables["lead"].rows) == (61, 20)


async def test_a_log_that_was_made_anew_is_refused_by_name(stack: Stack) -> None:
    await stack.tell(make.lead())
    async with stack.database.tx() as tx:
        await tx.execute("UPDATE consumer_offset SET topic_id = $1", uuid4())

    found = await stack.rebuild()

    assert found.state == "failed"
    assert "was made anew" in found.problem
