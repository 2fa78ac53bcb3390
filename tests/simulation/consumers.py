"""Consumers of one group: each holds both partitions all the time, as in the worst of rebalances."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import cast
from unittest.mock import Mock, patch
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import db, envelope
from shared.consumer import Consumer, Heard, apply, loop
from shared.consumer.loop import ConsumerLoop
from shared.contracts.leads import LeadTouched
from shared.envelope import Envelope
from shared.settings import ServiceSettings
from tests.simulation.hearing import TOPIC, Database, Hearing, Store, Tables
from tests.simulation.kafka import PARTITIONS, Broker
from tests.simulation.schedule import pause, until

BATCH = 3
SETTINGS = ServiceSettings(service="notifications", database_url="", topic_prefix="t.")


@dataclass(frozen=True)
class Record:
    """A message as aiokafka hands it over."""

    partition: int
    offset: int
    event: Envelope
    key: bytes = b""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """The envelope on the wire."""
        return envelope.headers(self.event, source="leads")

    @property
    def value(self) -> bytes:
        """The payload."""
        return self.event.payload


@dataclass
class Client:
    """Takes the place of `AIOKafkaConsumer`: begins where the group's offsets say."""

    broker: Broker
    places: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {number: self.broker.offsets.get(number, 0) for number in range(PARTITIONS)}
        self._client = self
        self.topic_id = self.broker.topic_id

    def is_outdated(self) -> bool:
        """Whether the topic is another one by now: the client will know when it asks again."""
        return self.topic_id != self.broker.topic_id

    def has_messages(self) -> bool:
        """Whether the next poll brings any; a place that the log does not have becomes its beginning."""
        for number, log in enumerate(self.broker.logs):
            if self.places[number] > len(log):
                self.places[number] = 0
        return any(self.places[number] < len(log) for number, log in enumerate(self.broker.logs))

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Record]]:
        """Some messages of each partition; they may be old when they are looked at."""
        polled = self._poll()
        await pause()
        return polled

    def _poll(self) -> dict[TopicPartition, list[Record]]:
        self.has_messages()
        polled: dict[TopicPartition, list[Record]] = {}
        for number, log in enumerate(self.broker.logs):
            place = self.places[number]
            events = log[place : place + BATCH]
            self.places[number] += len(events)
            if events:
                polled[TopicPartition(TOPIC, number)] = [
                    Record(number, offset, event) for offset, event in enumerate(events, place)
                ]
        return polled

    def assignment(self) -> set[TopicPartition]:
        """All partitions, whatever others hold."""
        return {TopicPartition(TOPIC, number) for number in range(PARTITIONS)}

    def paused(self) -> set[TopicPartition]:
        """No partition ever stops: no log loses its beginning."""
        return set()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on from there."""
        self.places[partition.partition] = offset

    def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Leave the hint: nothing may depend on it."""
        self.broker.offsets |= {where.partition: offset for where, offset in offsets.items()}

    async def beginning_offsets(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Nothing is ever deleted from a log but all of it."""
        await pause()
        return dict.fromkeys(partitions, 0)


@dataclass
class Listener:
    """The service that hears: one database, and as many consumers as the schedule starts."""

    broker: Broker
    database: Database = field(default_factory=Database)
    sick: set[UUID] = field(default_factory=set)
    """Leads whose events the handler refuses for now."""
    consumer: Consumer = field(default_factory=Consumer)
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.consumer.on(LeadTouched)(self._hear)  # pyright: ignore[reportArgumentType] - the model's transaction

    @property
    def tables(self) -> Tables:
        """What is committed."""
        return self.database.tables

    async def _hear(self, tx: Hearing, batch: Sequence[Heard[LeadTouched]]) -> None:
        for heard in batch:
            lead, sequence = heard.event.lead_id, heard.sequence
            if lead in self.sick:
                raise ValueError("not now")
            tx.changes.append(
                lambda tables, lead=lead, sequence=sequence: tables.take_effect(lead, sequence)
            )

    async def listen(self) -> None:
        """One session: as `ConsumerLoop._session`, until somebody kills it."""
        client = Client(self.broker)
        self.clients = [*self.clients[-1:], client]
        hearing = ConsumerLoop(SETTINGS, cast("db.Database", self.database), self.consumer)
        disguised = cast("AIOKafkaConsumer", client)
        await hearing._learn_topics(disguised)
        await hearing.begin(disguised, client.assignment())
        while True:
            await until(lambda: client.has_messages() or client.is_outdated())
            # Ten seconds pass only when nothing else happens: later than in truth, at worst.
            hearing._asked_at = inf if client.has_messages() else -inf
            await hearing.turn(disguised)
            client.commit(hearing.reached)

    async def retry(self, lead: UUID) -> None:
        """What an operator does after the cure."""
        async with self.database.tx() as tx:
            await apply.retry_key(
                cast("db.Tx", tx), self.consumer, ("lead", lead), group="notifications"
            )


async def _topic_ids(client: Client, names: Sequence[str]) -> dict[str, UUID]:
    await pause()
    client.topic_id = client.broker.topic_id
    return dict.fromkeys(names, client.topic_id)


@contextmanager
def simulated(store: Store | None = None) -> Iterator[None]:
    """The real consumer over the model's tables and broker, without its log lines."""
    store = store or Store()
    with (
        patch.object(loop, "store", store),
        patch.object(apply, "store", store),
        patch.object(loop, "topic_ids", _topic_ids),
        patch.object(loop, "log", Mock()),
        patch.object(apply, "log", Mock()),
    ):
        yield
