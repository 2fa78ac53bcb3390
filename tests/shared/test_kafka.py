"""The relay and the consumer on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid4

import asyncpg
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from shangji.infra.bootstrap import DatabaseAccess
from shangji.infra.servers import KafkaServer
from shared import outbox, relay, topics
from shared.consumer import Consumer, Heard
from shared.consumer.loop import ConsumerLoop
from shared.contracts.leads import LeadTouched
from shared.contracts.topics import TOPICS
from shared.db import Database, Tx
from shared.kafka import topic_ids
from shared.settings import ServiceSettings
from tests.support.waiting import until

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Numbered:
    sequence: int


@dataclass
class Road:
    """From the outbox of `leads` over Kafka into a table of `notifications`."""

    leads: Database
    listening: Database
    sender: ServiceSettings
    hearer: ServiceSettings
    consumer: Consumer

    async def announce(self, lead_id: UUID, *sequences: int) -> None:
        for sequence in sequences:
            event = LeadTouched(
                lead_id=lead_id, submission_id=uuid4(), channel="web", touched_at=NOW
            )
            async with self.leads.tx() as tx:
                await outbox.append(tx, Numbered(sequence), [event], at=NOW)

    async def effects(self, lead_id: UUID) -> list[int]:
        async with self.listening.tx() as tx:
            rows = await tx.fetch(
                "SELECT sequence FROM effect WHERE lead_id = $1 ORDER BY number", lead_id
            )
        return [row["sequence"] for row in rows]

    async def heard(self, lead_id: UUID, *sequences: int) -> bool:
        return await self.effects(lead_id) == list(sequences)


@pytest_asyncio.fixture
async def road(database: DatabaseAccess, kafka: KafkaServer) -> AsyncIterator[Road]:
    prefix = f"t{uuid4().hex[:8]}."
    owner = await asyncpg.connect(database.owner_url("notifications"))
    await owner.execute(
        """
        CREATE TABLE notifications.effect (
            number bigint GENERATED ALWAYS AS IDENTITY, lead_id uuid, sequence int,
            UNIQUE (lead_id, sequence)
        )
        """
    )
    await owner.close()

    def settings(service: str) -> ServiceSettings:
        return ServiceSettings(
            service=service,
            database_url=database.app_url(service),
            kafka_bootstrap=kafka.bootstrap,
            topic_prefix=prefix,
        )

    consumer = Consumer()

    @consumer.on(LeadTouched)
    async def hear(tx: Tx, batch: Sequence[Heard[LeadTouched]]) -> None:
        await tx.executemany(
            "INSERT INTO effect (lead_id, sequence) VALUES ($1, $2)",
            [(heard.event.lead_id, heard.sequence) for heard in batch],
        )

    await topics.ensure(settings("leads"))
    road = Road(
        leads=await Database.open(database.app_url("leads"), schema="leads"),
        listening=await Database.open(database.app_url("notifications"), schema="notifications"),
        sender=settings("leads"),
        hearer=settings("notifications"),
        consumer=consumer,
    )
    stop = asyncio.Event()
    parts = [
        asyncio.create_task(relay.run(road.sender, stop=stop, announced=road.leads.announced)),
        asyncio.create_task(ConsumerLoop(road.hearer, road.listening, consumer).run(stop)),
    ]
    yield road
    stop.set()
    await asyncio.gather(*parts)
    await road.leads.close()
    await road.listening.close()


async def test_topics_are_made_once_and_keep_their_ids(road: Road):
    assert await topics.ensure(road.sender) == 0

    client = AIOKafkaClient(bootstrap_servers=road.sender.kafka_bootstrap)
    await client.bootstrap()
    names = [topic.name(road.sender.topic_prefix) for topic in TOPICS]
    first, second = await topic_ids(client, names), await topic_ids(client, names)
    await client.close()
    assert first.keys() == set(names)
    assert first == second


async def test_events_arrive_in_order_and_once(road: Road):
    lead = uuid4()

    await road.announce(lead, 1, 2, 3)

    await until("three effects", lambda: road.heard(lead, 1, 2, 3))


async def test_an_event_can_be_read_with_the_cloudevents_sdk(road: Road):
    lead = uuid4()
    topic = f"{road.sender.topic_prefix}lead"
    reader = AIOKafkaConsumer(
        topic, bootstrap_servers=road.sender.kafka_bootstrap, auto_offset_reset="earliest"
    )
    await reader.start()

    await road.announce(lead, 1)
    record = await asyncio.wait_for(reader.getone(), 60)
    await reader.stop()

    assert record.value is not None
    event = from_binary_event(KafkaMessage(dict(record.headers), record.key, record.value))
    assert event.get_type() == "lead.touched.v1"
    assert event.get_source() == "/shangji/leads"
    assert event.get_subject() == str(lead)
    assert cast("dict[str, str]", event.get_data())["lead_id"] == str(lead)


async def test_what_cannot_be_read_is_buried_and_blocks_nobody(road: Road):
    lead = uuid4()
    topic = f"{road.sender.topic_prefix}lead"
    producer = AIOKafkaProducer(bootstrap_servers=road.sender.kafka_bootstrap)
    await producer.start()
    for partition in range(4):
        await producer.send_and_wait(topic, b"\xff\x00", key=b"k", partition=partition)
        await producer.send_and_wait(topic, None, key=b"k", partition=partition)
    await producer.stop()

    await road.announce(lead, 1)
    await until("the effect behind the rubbish", lambda: road.heard(lead, 1))

    async def buried() -> bool:
        async with road.listening.tx() as tx:
            return await tx.fetchval("SELECT count(*) FROM dead_letter") == 8

    await until("eight dead letters", buried)


async def test_a_topic_made_anew_is_heard_from_its_beginning(road: Road):
    before, after = uuid4(), uuid4()
    await road.announce(before, 1, 2, 3)
    await until("the effects before", lambda: road.heard(before, 1, 2, 3))
    admin = AIOKafkaAdminClient(bootstrap_servers=road.sender.kafka_bootstrap)
    await admin.start()

    await admin.delete_topics([f"{road.sender.topic_prefix}lead"])

    async def gone() -> bool:
        return f"{road.sender.topic_prefix}lead" not in await admin.list_topics()

    await until("the topic to be gone", gone)
    await admin.close()
    await topics.ensure(road.sender)
    await road.announce(after, 1)

    await until("the effect after", lambda: road.heard(after, 1), seconds=120)
    assert await road.effects(before) == [1, 2, 3]
