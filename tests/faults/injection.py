"""Messages that nobody of ours has sent, put into topics by a producer of the test's own, and marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shangji.stack import Stack
from shangji.verify.topics import INJECTED
from shared.contracts.topics import TOPICS
from tests.faults.messages import ENVELOPES, PAYLOADS, READABLE, Changed, message

Message = tuple[int, bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]
"""Partition, key, value and headers."""

MARK = (INJECTED, b"1")
PARTITIONS = {topic.aggregate_type: topic.partitions for topic in TOPICS}
AGAIN = 50
"""How many of the last messages of each partition are said again."""

STRANGE: dict[str, Changed] = {
    "of the future": {"ce_type": b"lead.captured.v99"},
    "before its time": {"ce_sequence": b"5"},
    "unheard of": {"ce_type": b"lead.sneezed.v1"},
}
"""Messages that can be read, and cannot take effect."""


@dataclass
class Injector:
    """Speaks into the topics of one stack."""

    stack: Stack
    ids: set[UUID] = field(default_factory=set)
    """The records that exist in these messages only."""

    async def say_again(self, kind: str) -> None:
        """The last messages of a topic, as they lie there."""
        partitions = [TopicPartition(self._topic(kind), n) for n in range(PARTITIONS[kind])]
        reader = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka_bootstrap)
        await reader.start()
        try:
            reader.assign(partitions)
            ends = await reader.end_offsets(partitions)
            for partition, end in ends.items():
                reader.seek(partition, max(0, end - AGAIN))
            polled = await reader.getmany(timeout_ms=2000)
        finally:
            await reader.stop()
        await self._send(
            kind,
            [
                (record.partition, record.key, record.value, list(record.headers))
                for records in polled.values()
                for record in records
            ],
        )

    async def say_nonsense(self, kind: str, dice: Random) -> None:
        """Messages without a proper envelope, with an improper payload, and from another time."""
        said: list[Message] = []
        payloads = [PAYLOADS[name] for name in PAYLOADS if name not in READABLE]
        for changed, payload in (
            *((changed, b"{}") for changed in ENVELOPES.values()),
            *(({}, payload) for payload in payloads),
            *((changed, b"{}") for changed in STRANGE.values()),
        ):
            about = UUID(int=dice.getrandbits(128), version=4)
            self.ids.add(about)
            headers = [*message(about, **{"ce_aggregatetype": kind.encode(), **changed})]
            said.append((dice.randrange(PARTITIONS[kind]), str(about).encode(), payload, headers))
        await self._send(kind, said)

    async def _send(
        self,
        kind: str,
        messages: Sequence[Message],
    ) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka_bootstrap)
        await producer.start()
        try:
            for partition, key, value, headers in messages:
                marked = [*(pair for pair in headers if pair != MARK), MARK]
                await producer.send_and_wait(
                    self._topic(kind),
                    value,
                    key=key,
                    partition=partition,
                    headers=marked,  # pyright: ignore[reportArgumentType] - a header may be null
                )
        finally:
            await producer.stop()

    def _topic(self, kind: str) -> str:
        return f"{self.stack.topic_prefix}{kind}"
