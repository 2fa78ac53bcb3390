"""Every event takes effect once and in order, whatever Kafka does; without one of the guards it does not."""

from collections.abc import Mapping, Sequence
from unittest.mock import patch
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.consumer import apply
from shared.consumer.loop import ConsumerLoop, Polled
from shared.consumer.plan import Key, ParkedEvent, Plan, key_of
from shared.consumer.store import Place, Position
from shared.envelope import Envelope
from tests.simulation.consumers import simulated
from tests.simulation.exploring import fails, survives
from tests.simulation.hearing import TOPIC, Hearing, Store
from tests.simulation.machines import Listening, ListeningToEachOnce

DOUBLED = "took effect where"


class WithoutPositionLock(Store):
    """Reads the position without locking it."""

    async def lock_positions(
        self, tx: Hearing, topic_ids: Mapping[Place, UUID], *, group: str
    ) -> dict[Place, Position]:
        return self.places(tx, topic_ids)


class WithoutLockOfParked(Store):
    """Takes up parked events while a batch of the same partition may be under way."""

    async def lock_line(self, tx: Hearing, key: Key, *, group: str) -> str | None:
        return TOPIC


def everything_takes_effect(
    batch: Sequence[Envelope],
    *,
    last: Mapping[Key, int],
    waiting: Mapping[Key, Sequence[ParkedEvent]],
) -> Plan:
    """No sequence check."""
    plan = Plan()
    for envelope in batch:
        plan.lines.setdefault(key_of(envelope), []).append(envelope)
    return plan


async def take_whatever_comes(
    self: ConsumerLoop, client: AIOKafkaConsumer, polled: Polled
) -> dict[TopicPartition, int]:
    """No position in the transaction: only Kafka knows how far the group has come."""
    async with self._database.tx() as tx:
        await self.take(tx, polled)
    return {}


def test_each_event_takes_effect_once_and_in_order_in_every_schedule():
    with simulated():
        survives(Listening, schedules=1000)


def test_a_consumer_without_sequence_check_is_found_to_double_an_effect():
    with simulated(), patch.object(apply, "decide", everything_takes_effect):
        assert DOUBLED in fails(Listening)


def test_a_position_in_kafka_only_is_found_to_double_an_effect_of_a_log_without_duplicates():
    with (
        simulated(),
        patch.object(apply, "decide", everything_takes_effect),
        patch.object(ConsumerLoop, "take_once", take_whatever_comes),
    ):
        assert DOUBLED in fails(ListeningToEachOnce)


def test_a_position_that_is_not_locked_is_found_to_let_a_zombie_double_an_effect():
    with simulated(WithoutPositionLock()):
        assert DOUBLED in fails(Listening)


def test_parked_events_taken_up_without_the_lock_are_found_to_take_effect_twice_or_never():
    with simulated(WithoutLockOfParked()):
        broken = fails(ListeningToEachOnce)

    assert DOUBLED in broken or "events wait for ever" in broken or "never took effect" in broken
