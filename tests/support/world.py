"""Several services in one process, on a real PostgreSQL, with a log in memory in Kafka's place.

The relay's and the consumer's own code runs; only the broker between them is missing. Nothing moves
by itself: a test acts, lets the world settle, and asserts.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from shangji.infra.bootstrap import DatabaseAccess
from shared import access, envelope, relay, timers
from shared.app import Resources
from shared.calendar import Calendar
from shared.consumer.loop import ConsumerLoop
from shared.contracts.topics import SERVICES, TOPICS
from shared.db import Database
from shared.envelope import Envelope
from shared.kafka import partition_of
from shared.migrate import load
from shared.operations import routers
from shared.sealing import new_key_set
from shared.settings import ServiceSettings
from shared.tokens import Signer, generate
from shared.web import create_api

PREFIX = "world."
HOUR = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = 2


@dataclass
class MemoryLog:
    """All topics, as lists; also the publisher that every relay is given."""

    source: str = "world"
    partitions: dict[TopicPartition, list[ConsumerRecord[Any, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    topic_ids: dict[str, UUID] = field(
        default_factory=lambda: {topic.name(PREFIX): uuid4() for topic in TOPICS}
    )

    async def send(self, events: Sequence[Envelope]) -> Awaitable[None]:
        """As `shared.relay.Publisher`: they arrive when they are waited for."""
        return self.publish(events)

    async def publish(self, events: Sequence[Envelope]) -> None:
        """Append events the way Kafka would."""
        for event in events:
            self.append(
                event.aggregate_type,
                event.aggregate_id,
                value=event.payload,
                headers=envelope.headers(event, source=self.source),
            )

    def append(
        self,
        aggregate_type: str,
        aggregate_id: UUID,
        *,
        value: bytes | None,
        headers: list[tuple[str, bytes]],
    ) -> None:
        """Append any message, also one that no relay of ours would send."""
        number = partition_of(aggregate_type, aggregate_id)
        partition = TopicPartition(f"{PREFIX}{aggregate_type}", number)
        records = self.partitions[partition]
        records.append(
            ConsumerRecord(
                topic=partition.topic,
                partition=number,
                offset=len(records),
                timestamp=0,
                timestamp_type=0,
                key=str(aggregate_id).encode(),
                value=value,
                checksum=None,
                serialized_key_size=36,
                serialized_value_size=len(value or b""),
                headers=headers,
            )
        )

    def events(self, *types: str) -> list[Envelope]:
        """Everything in the log, oldest first per partition; only some types when they are named."""
        found = [
            envelope.read(
                record.headers,
                record.value,
                partition=record.partition,
                offset=record.offset,
                aggregate_type=partition.topic.removeprefix(PREFIX),
            )
            for partition, records in self.partitions.items()
            for record in records
        ]
        return [event for event in found if not types or event.type in types]


@dataclass
class Participant:
    """One service of the world."""

    resources: Resources
    loop: ConsumerLoop
    api: httpx.AsyncClient
    reached: dict[TopicPartition, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def database(self) -> Database:
        """The service's own way to its schema."""
        return self.resources.database

    async def hear(self, log: MemoryLog, *, batch: int) -> int:
        """Take what is new in the log; how many messages that was."""
        heard = 0
        for topic in self.loop.topics:
            for partition in [p for p in log.partitions if p.topic == topic]:
                records = log.partitions[partition][self.reached[partition] :][:batch]
                if records:
                    await self.loop.take_once(None, {partition: records})
                    self.reached[partition] += len(records)
                    heard += len(records)
        return heard

    async def relay(self, log: MemoryLog) -> int:
        """Carry what the service said into the log; how many events that was."""
        connection = await relay.connect(self.resources.settings)
        try:
            carried, sent = 0, list[int]()
            log.source = self.resources.service.name
            while sent := await relay.pump(relay.OutboxTable(connection), log, sent):
                carried += len(sent)
            return carried
        finally:
            await connection.close()

    async def fire(self) -> int:
        """Sweep each timer until nothing is due; how many items that was."""
        fired = 0
        for timer in self.resources.service.timers:
            for _ in range(100):
                handled = await timers.sweep(self.database, timer)
                fired += handled
                if not handled:
                    break
            else:
                raise AssertionError(f"the timer {timer.name!r} finds the same work for ever")
        return fired


@dataclass
class World:
    """Act through `api`, then `settle`, then look."""

    services: dict[str, Participant]
    log: MemoryLog
    signer: Signer
    access: DatabaseAccess

    def __getitem__(self, name: str) -> Participant:
        return self.services[name]

    async def settle(self, *, batch: int = 500) -> None:
        """Carry and hear until nobody has anything more to say. Timers fire only by `advance`."""
        for _ in range(200):
            moved = 0
            for participant in self.services.values():
                moved += await participant.relay(self.log)
            for participant in self.services.values():
                moved += await participant.hear(self.log, batch=batch)
            if not moved:
                return
        raise AssertionError("the world does not come to rest")

    async def advance(self, by: timedelta = timedelta(0)) -> int:
        """Move everybody's clock, fire what falls due, and settle; how many items were due."""
        for participant in self.services.values():
            async with participant.database.tx() as tx:
                await tx.execute("UPDATE clock SET shift = shift + $1", by)
        fired = 0
        for _ in range(50):
            due = sum([await participant.fire() for participant in self.services.values()])
            await self.settle()
            fired += due
            if not due:
                return fired
        raise AssertionError("timers find the same work for ever")

    async def reach_tuesday_morning(self) -> datetime:
        """Move everybody's clock to nine in Shanghai, on a Tuesday with two working weeks ahead; the instant."""
        async with next(iter(self.services.values())).database.tx() as tx:
            now = tx.now
        day = now.astimezone(SHANGHAI).date() + timedelta(days=1)
        while day.isoweekday() != TUESDAY or not _is_plain(day):
            day += timedelta(days=1)
        morning = datetime.combine(day, time(9), SHANGHAI)
        await self.advance(morning - now)
        return morning

    def replay(self) -> None:
        """Let everybody hear the whole log again."""
        for participant in self.services.values():
            participant.reached.clear()

    def headers(self, person_id: UUID) -> dict[str, str]:
        """What a request of this person carries: a token, and a key that is new each time."""
        token = self.signer.for_person(person_id, lifetime=HOUR)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}


def _is_plain(first: date) -> bool:
    """Whether people work from Monday to Friday for a fortnight, and on no other day."""
    days = [first + timedelta(days=ahead) for ahead in range(14)]
    return all(Calendar().is_working_day(day) == (day.isoweekday() < 6) for day in days)


@asynccontextmanager
async def open_world(
    database: DatabaseAccess, home: Path, names: Iterable[str] = SERVICES
) -> AsyncIterator[World]:
    """A world of these services, started as their runner would start them."""
    private, public = home / "token_private.json", home / "token_public.json"
    generate(private, public)
    (home / "sealing.json").write_text(json.dumps(new_key_set()))
    async with AsyncExitStack() as stack:
        log = MemoryLog()
        participants = {
            name: await stack.enter_async_context(_join(database, home, name, log))
            for name in names
        }
        yield World(services=participants, log=log, signer=Signer.load(private), access=database)


@asynccontextmanager
async def _join(
    database: DatabaseAccess, home: Path, name: str, log: MemoryLog
) -> AsyncIterator[Participant]:
    service = load(f"services.{name}")
    settings = ServiceSettings(
        service=name,
        database_url=database.app_url(name),
        topic_prefix=PREFIX,
        home=home,
        token_private_key=home / "token_private.json" if name == "opportunities" else None,
        token_public_keys=home / "token_public.json",
        sealing_keys=home / "sealing.json" if name == "leads" else None,
        demo=True,
    )
    pool = await Database.open(
        settings.database_url, schema=name, max_size=24, sealer=settings.sealer()
    )
    try:
        resources = Resources(service=service, settings=settings, database=pool)
        if service.on_start is not None:
            await service.on_start(resources)
        loop = ConsumerLoop(settings, pool, access.listening(service.consumer))
        loop._topic_ids = log.topic_ids
        app = create_api(resources, routers=routers(resources))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=f"http://{name}") as api,
        ):
            yield Participant(resources=resources, loop=loop, api=api)
    finally:
        await pool.close()
