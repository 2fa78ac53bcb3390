"""F26, F27: positions are turned about, and everything is said again."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DeleteGroupsRequest

from shared.contracts.topics import heard_by
from tests.faults.rig import Rig
from tests.support.checks import SAYING, until_at_rest
from tests.support.snapshot import snapshot
from tests.support.waiting import until

pytestmark = pytest.mark.slow

LISTENER = "opportunities"


async def test_positions_that_kafka_was_made_to_believe_count_for_nothing(rig: Rig):
    rig.ledger.begin()

    for tamper in (to_the_beginning, to_the_end, forget_the_group):
        await rig.until_taken(20)
        rig.send(LISTENER, signal.SIGSTOP)
        await until("the group to be empty", lambda: is_empty(rig), seconds=60)
        await rig.until_taken(20)
        await tamper(rig)
        rig.send(LISTENER, signal.SIGCONT)

    await rig.until_taken(20)
    await rig.ledger.end()
    await rig.check()


async def test_everything_said_again_has_no_second_effect(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken(50)
    await rig.ledger.end()
    await rig.check()
    before = await snapshot(rig.stack.readonly_url)

    for service in SAYING:
        rig.shangji.must("replay", service)
    await until_at_rest(rig.ledger)

    assert await snapshot(rig.stack.readonly_url) == before
    rig.shangji.must("replay", "analytics")
    await rig.check()


async def is_empty(rig: Rig) -> bool:
    """Whether Kafka has given up on all members of the group."""
    async with administrator(rig) as admin:
        answer = await admin.describe_consumer_groups([group(rig)])
        state = answer[0].groups[0][2]  # pyright: ignore[reportAttributeAccessIssue] - named by its schema
        return state in ("Empty", "Dead")


async def to_the_beginning(rig: Rig) -> None:
    """Let Kafka believe that the group has heard nothing."""
    async with in_the_groups_place(rig) as (client, partitions):
        await client.commit(dict.fromkeys(partitions, 0))


async def to_the_end(rig: Rig) -> None:
    """Let Kafka believe that the group has heard everything."""
    async with in_the_groups_place(rig) as (client, partitions):
        await client.commit(await client.end_offsets(partitions))


async def forget_the_group(rig: Rig) -> None:
    """Let Kafka believe that there never was such a group."""
    async with administrator(rig) as admin:
        node = await admin.find_coordinator(group(rig))
        answer = await admin._send_request_to_node(node, DeleteGroupsRequest([group(rig)]))
        assert answer.results == [(group(rig), 0)]  # pyright: ignore[reportAttributeAccessIssue] - named by its schema


@asynccontextmanager
async def administrator(rig: Rig) -> AsyncIterator[AIOKafkaAdminClient]:
    """One who looks after Kafka."""
    admin = AIOKafkaAdminClient(bootstrap_servers=rig.stack.kafka_bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def in_the_groups_place(
    rig: Rig,
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    """A consumer that speaks for the group, and all partitions that the group hears."""
    partitions = [
        TopicPartition(topic.name(rig.stack.topic_prefix), number)
        for topic in heard_by(LISTENER)
        for number in range(topic.partitions)
    ]
    async with AIOKafkaConsumer(
        bootstrap_servers=rig.stack.kafka_bootstrap, group_id=group(rig), enable_auto_commit=False
    ) as client:
        client.assign(partitions)
        yield client, partitions


def group(rig: Rig) -> str:
    """The name of the listener's consumer group."""
    return f"{rig.stack.topic_prefix}{LISTENER}"
