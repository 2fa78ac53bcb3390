"""The log of events as a rebuild reads it: from the beginning, as nobody's consumer group."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.analytics.domain.rebuild import LogIncomplete, LogReplaced, Mark
from shared.consumer.loop import Polled
from shared.kafka import topic_ids
from shared.settings import ServiceSettings

BATCH = 5000
"""More than the live consumer takes at once: nobody waits for a transaction of the side copy."""


class EventLog(Protocol):
    """Where every event can be read again."""

    def read(
        self, marks: Sequence[Mark], *, until: Mapping[TopicPartition, int]
    ) -> AsyncGenerator[Polled]:
        """Batches, from the marks on, none beyond `until`."""
        ...


class KafkaLog:
    """The log in Kafka. It joins no group and commits nothing, so the live consumers notice nothing."""

    def __init__(self, client: AIOKafkaConsumer) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ServiceSettings) -> AsyncIterator["KafkaLog"]:
        """Connected until the block ends."""
        client = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            client_id=f"{settings.service}-rebuild",
            group_id=None,
            enable_auto_commit=False,
            request_timeout_ms=15_000,
            fetch_max_wait_ms=250,
            max_partition_fetch_bytes=2_097_152,
        )
        try:
            await asyncio.wait_for(client.start(), 30)
            yield cls(client)
        finally:
            await asyncio.wait_for(client.stop(), 5)

    async def read(
        self, marks: Sequence[Mark], *, until: Mapping[TopicPartition, int]
    ) -> AsyncGenerator[Polled]:
        """See `EventLog`; refuses a log that is not the one the marks were taken in."""
        wanted = {
            partition: mark.next_offset
            for mark in marks
            if mark.next_offset < until[partition := TopicPartition(mark.topic, mark.partition)]
        }
        await self._check(marks, wanted)
        self._client.assign(list(wanted))
        for partition, offset in wanted.items():
            self._client.seek(partition, offset)
        while wanted:
            polled = await self._client.getmany(*wanted, timeout_ms=250, max_records=BATCH)
            if polled:
                yield {
                    partition: [record for record in records if record.offset < until[partition]]
                    for partition, records in polled.items()
                }
            for partition, records in polled.items():
                if records[-1].offset + 1 >= until[partition]:
                    del wanted[partition]

    async def _check(self, marks: Sequence[Mark], wanted: Mapping[TopicPartition, int]) -> None:
        ids = await topic_ids(
            self._client._client,  # noqa: SLF001 - aiokafka has no public way to topic ids
            sorted({partition.topic for partition in wanted}),
        )
        for mark in marks:
            if mark.topic in ids and ids[mark.topic] != mark.topic_id:
                raise LogReplaced(topic=mark.topic)
        begins = await self._client.beginning_offsets(list(wanted)) if wanted else {}
        for partition, offset in wanted.items():
            if begins[partition] > offset:
                raise LogIncomplete(
                    topic=partition.topic,
                    partition=partition.partition,
                    begins=begins[partition],
                )
