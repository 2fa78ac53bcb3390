"""How far Kafka's logs reach, asked by the API's process, which need not be the consumer's."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import heard_by
from shared.refusals import Refused
from shared.settings import ServiceSettings


class BrokerUnreachable(Refused):
    """No Kafka broker answers at the moment, so nobody can say what is still to come.

    Try again in a few seconds; commands are accepted meanwhile.
    """

    status = 503


class LogEnds:
    """A client without a group, opened when it is first needed and anew after any failure."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()

    async def read(self) -> dict[tuple[str, int], int]:
        """The end offset of each partition this service listens to; raises `BrokerUnreachable`."""
        partitions = [
            TopicPartition(topic.name(self._settings.topic_prefix), number)
            for topic in heard_by(self._settings.service)
            for number in range(topic.partitions)
        ]
        if not self._settings.kafka_bootstrap:
            return {}
        async with self._turn:
            try:
                return await asyncio.wait_for(self._read(partitions), 8)
            except (KafkaError, TimeoutError, OSError) as problem:
                await self.close()
                raise BrokerUnreachable from problem

    async def _read(self, partitions: list[TopicPartition]) -> dict[tuple[str, int], int]:
        if self._client is None:
            self._client = AIOKafkaConsumer(
                bootstrap_servers=self._settings.kafka_bootstrap,
                client_id=f"{self._settings.service}-lag",
                request_timeout_ms=5_000,
            )
            await self._client.start()
        ends = await self._client.end_offsets(partitions)
        return {(found.topic, found.partition): end for found, end in ends.items()}

    async def close(self) -> None:
        """Let the client go; the next question opens another."""
        client, self._client = self._client, None
        if client is not None:
            await client.stop()
