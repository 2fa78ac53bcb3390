"""What Kafka believes of a consumer group, and how to make it believe something else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DeleteGroupsRequest

from shangji.stack import Stack
from shared.contracts.topics import heard_by


async def is_empty(stack: Stack, listener: str) -> bool:
    """Whether Kafka has given up on all members of the group."""
    async with administrator(stack) as admin:
        answer = await admin.describe_consumer_groups([group(stack, listener)])
        state = answer[0].groups[0][2]  # pyright: ignore[reportAttributeAccessIssue] - named by its schema
        return state in ("Empty", "Dead")


async def to_the_beginning(stack: Stack, listener: str) -> None:
    """Let Kafka believe that the group has heard nothing."""
    async with in_the_groups_place(stack, listener) as (client, partitions):
        await client.commit(dict.fromkeys(partitions, 0))


async def to_the_end(stack: Stack, listener: str) -> None:
    """Let Kafka believe that the group has heard everything."""
    async with in_the_groups_place(stack, listener) as (client, partitions):
        await client.commit(await client.end_offsets(partitions))


async def forget_the_group(stack: Stack, listener: str) -> None:
    """Let Kafka believe that there never was such a group."""
    async with administrator(stack) as admin:
        node = await admin.find_coordinator(group(stack, listener))
        answer = await admin._send_request_to_node(
            node, DeleteGroupsRequest([group(stack, listener)])
        )
        assert answer.results == [(group(stack, listener), 0)]  # pyright: ignore[reportAttributeAccessIssue] - named by its schema


@asynccontextmanager
async def administrator(stack: Stack) -> AsyncIterator[AIOKafkaAdminClient]:
    """One who looks after Kafka."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def in_the_groups_place(
    stack: Stack, listener: str
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    """A consumer that speaks for the group, and all partitions that the group hears."""
    partitions = [
        TopicPartition(topic.name(stack.topic_prefix), number)
        for topic in heard_by(listener)
        for number in range(topic.partitions)
    ]
    async with AIOKafkaConsumer(
        bootstrap_servers=stack.kafka_bootstrap,
        group_id=group(stack, listener),
        enable_auto_commit=False,
    ) as client:
        client.assign(partitions)
        yield client, partitions


def group(stack: Stack, listener: str) -> str:
    """The name of a listener's consumer group."""
    return f"{stack.topic_prefix}{listener}"
