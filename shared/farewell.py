"""Letting go of Kafka's clients, whatever state they are in: nothing of them goes on afterwards.

aiokafka's `stop` first waits for what is under way, and when that is cut short, or a broken connection
raises in the middle of it, its tasks go on for ever: a producer that was thrown away still sends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.group_coordinator import GroupCoordinator

PATIENCE = 2.0
"""Seconds that each part of a client gets to end by itself."""


async def let_go_of_producer(producer: AIOKafkaProducer) -> None:
    """End it without sending what it still holds: whoever wants that sent has it in a table."""
    producer._closed = True  # noqa: SLF001 - else it complains that nobody closed it
    await _end(producer._sender.close, producer.client.close)  # noqa: SLF001


async def let_go_of_consumer(consumer: AIOKafkaConsumer) -> None:
    """End it; the group is told, if there is somebody to tell."""
    await _end(consumer.stop, *_parts(consumer))


def _parts(consumer: AIOKafkaConsumer) -> Iterator[Callable[[], Awaitable[None]]]:
    coordinator, fetcher = consumer._coordinator, consumer._fetcher  # noqa: SLF001
    if isinstance(coordinator, GroupCoordinator):
        yield coordinator._stop_heartbeat_task  # noqa: SLF001
        yield coordinator._stop_commit_offsets_refresh_task  # noqa: SLF001
    if fetcher is not None:
        yield fetcher.close
    yield consumer._client.close  # noqa: SLF001


async def _end(*parts: Callable[[], Awaitable[None]]) -> None:
    for part in parts:
        with suppress(Exception, asyncio.CancelledError):
            await asyncio.wait_for(part(), PATIENCE)
