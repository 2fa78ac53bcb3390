"""Clients that lose their broker and are thrown away, on a real one."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NoReturn
from unittest.mock import patch
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError

from shangji.infra.bootstrap import DatabaseAccess
from shangji.infra.servers import KafkaServer
from shared import relay, topics
from shared.consumer import Consumer
from shared.consumer.loop import ConsumerLoop
from shared.db import Database
from shared.envelope import Envelope
from shared.settings import ServiceSettings
from tests.support.waiting import until

EVENT = Envelope(
    event_id=uuid4(),
    aggregate_type="lead",
    aggregate_id=uuid4(),
    sequence=1,
    type="lead.touched.v1",
    traceparent="",
    occurred_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    payload=b"{}",
)


@pytest_asyncio.fixture
async def settings(database: DatabaseAccess, kafka: KafkaServer) -> AsyncIterator[ServiceSettings]:
    """Of a service that is alone on the broker; what it leaves behind in the loop is found out."""
    settings = ServiceSettings(
        service="notifications",
        database_url=database.app_url("notifications"),
        kafka_bootstrap=kafka.bootstrap,
        topic_prefix=f"t{uuid4().hex[:8]}.",
    )
    await topics.ensure(settings)
    before = asyncio.all_tasks()
    yield settings
    assert [left for left in asyncio.all_tasks() - before if is_of_a_client(left)] == []


def is_of_a_client(task: asyncio.Task[Any]) -> bool:
    coroutine = task.get_coro()
    code = getattr(coroutine, "cr_code", None)
    return code is not None and ("aiokafka" in code.co_filename or "hints" in code.co_name)


class Away:
    """A broker that is gone: every request fails, in one way or the other."""

    def __init__(self, failure: type[BaseException]) -> None:
        self.asked = 0
        self._failure = failure

    async def send(self, *_: Any, **__: Any) -> NoReturn:
        self.asked += 1
        raise self._failure

    async def asked_more_than(self, times: int) -> bool:
        return self.asked > times


class Assigned(ConsumerLoop):
    """Tells when it has partitions."""

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.assigned = asyncio.Event()

    async def begin(self, client: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> None:
        await super().begin(client, partitions)
        self.assigned.set()


async def test_nothing_goes_on_of_a_producer_that_was_thrown_away(settings: ServiceSettings):
    publisher = relay.KafkaPublisher(settings)
    await publisher.start()
    await publisher.publish([EVENT])

    away = Away(NodeNotReadyError)
    with patch.object(AIOKafkaClient, "send", away.send):
        publishing = asyncio.create_task(publisher.publish([EVENT]))
        await until("it to try again", lambda: away.asked_more_than(3))
        publishing.cancel()
        await publisher.stop()

    with suppress(asyncio.CancelledError):
        await publishing


@pytest.mark.parametrize("failure", [NodeNotReadyError, asyncio.CancelledError])
async def test_nothing_goes_on_of_a_consumer_that_was_thrown_away(
    settings: ServiceSettings, failure: type[BaseException]
):
    database = await Database.open(settings.database_url, schema="notifications")
    loop, stop = Assigned(settings, database, Consumer()), asyncio.Event()
    running = asyncio.create_task(loop.run(stop))
    await loop.assigned.wait()

    away = Away(failure)
    with patch.object(AIOKafkaClient, "send", away.send):
        loop._asked_at = float("-inf")
        await until("it to begin anew", lambda: away.asked_more_than(10))
        stop.set()
        await running

    await database.close()
