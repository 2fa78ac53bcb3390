"""F12, F26, F27: positions are turned about, everything is said again, Kafka is lost as a whole."""

import shutil
import signal

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import heard_by
from tests.faults.rig import Rig
from tests.support.checks import SAYING, until_at_rest
from tests.support.snapshot import snapshot
from tests.support.waiting import until

pytestmark = pytest.mark.slow

LISTENER = "opportunities"


@pytest.mark.parametrize("to", ["the beginning", "the end"])
async def test_positions_that_kafka_was_made_to_believe_count_for_nothing(rig: Rig, to: str):
    rig.ledger.begin()
    await rig.until_taken(50)
    rig.send(LISTENER, signal.SIGSTOP)
    await until("the group to be empty", lambda: is_empty(rig), seconds=60)
    await rig.until_taken(20)

    await tamper(rig, to)
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


async def test_a_kafka_that_is_lost_is_filled_again_from_the_feeds(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken(50)
    await rig.ledger.end()

    rig.shangji.must("down")
    shutil.rmtree(rig.stack.home / "kafka")
    rig.shangji.must("up", "--detach", "--no-demo")
    for service in SAYING:
        rig.shangji.must("replay", service)

    await rig.check("--reheard")
    rig.ledger.begin()
    await rig.until_taken(20)
    await rig.ledger.end()
    await rig.check("--reheard")
    rig.shangji.must("replay", "analytics")


async def is_empty(rig: Rig) -> bool:
    """Whether Kafka has given up on all members of the group."""
    admin = AIOKafkaAdminClient(bootstrap_servers=rig.stack.kafka_bootstrap)
    await admin.start()
    try:
        answer = await admin.describe_consumer_groups([group(rig)])
        state = answer[0].groups[0][2]  # pyright: ignore[reportAttributeAccessIssue] - named by its schema
        return state in ("Empty", "Dead")
    finally:
        await admin.close()


async def tamper(rig: Rig, to: str) -> None:
    """Let Kafka believe that the group has come to another place."""
    client = AIOKafkaConsumer(
        bootstrap_servers=rig.stack.kafka_bootstrap, group_id=group(rig), enable_auto_commit=False
    )
    await client.start()
    try:
        partitions = [
            TopicPartition(name, number)
            for topic in heard_by(LISTENER)
            if (name := topic.name(rig.stack.topic_prefix))
            for number in range(topic.partitions)
        ]
        client.assign(partitions)
        ends = await client.end_offsets(partitions)
        await client.commit(dict.fromkeys(partitions, 0) if to == "the beginning" else ends)
    finally:
        await client.stop()


def group(rig: Rig) -> str:
    """The name of the listener's consumer group."""
    return f"{rig.stack.topic_prefix}{LISTENER}"
