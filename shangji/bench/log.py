"""The topics of the stack, read from their beginning to where they end now."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shangji.bench.yard import Yard
from shared.contracts.topics import Topic

Record = ConsumerRecord[bytes | None, bytes | None]


@asynccontextmanager
async def reading(
    yard: Yard, topics: Sequence[Topic]
) -> AsyncIterator[AsyncIterator[Sequence[Record]]]:
    """Their messages, some at a time, from a consumer that is connected already."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=yard.stack.kafka_bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=2_097_152,
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic.name(yard.stack.topic_prefix), number)
            for topic in topics
            for number in range(topic.partitions)
        ]
        consumer.assign(partitions)
        yield _records(consumer, sum((await consumer.end_offsets(partitions)).values()))
    finally:
        await consumer.stop()


async def _records(consumer: AIOKafkaConsumer, total: int) -> AsyncIterator[Sequence[Record]]:
    seen = 0
    while seen < total:
        for records in (await consumer.getmany(timeout_ms=1000)).values():
            seen += len(records)
            yield records
