"""What lies in the topics, read without any consumer of the services.

The envelope is CloudEvents 1.0, Kafka protocol binding, binary mode, read here a second time.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import murmur2

from shangji.verify.estate import FOLDED, KINDS

INJECTED = "shangji-injected"
"""The header by which a test marks what it puts into a topic itself."""

PARTITIONS = {kind.name: kind.partitions for kind in KINDS}
Place = tuple[str, int]
"""A kind of record and a partition of its topic."""
Row = tuple[str | int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One record of a topic, as it lies there."""

    kind: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class TopicLog(Protocol):
    """All topics of an installation."""

    async def ends(self) -> Mapping[Place, int]:
        """The offset behind the last message of each partition."""
        ...

    def read(self, ends: Mapping[Place, int]) -> AsyncIterator[Sequence[Message]]:
        """Every message before these ends, in the order of each partition."""
        ...


class KafkaLog:
    """A reader without a group: it leaves no trace on the broker."""

    def __init__(self, client: AIOKafkaConsumer, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._places = {
            TopicPartition(f"{prefix}{kind.name}", number): (kind.name, number)
            for kind in KINDS
            for number in range(kind.partitions)
        }

    @classmethod
    @asynccontextmanager
    async def open(cls, bootstrap: str, prefix: str) -> "AsyncIterator[KafkaLog]":
        """Connect; raises `aiokafka.errors.KafkaError` when no broker answers."""
        client = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            client_id="shangji-verify",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=1_048_576,
        )
        try:
            await client.start()
            log = cls(client, prefix)
            client.assign(list(log._places))
            yield log
        finally:
            await client.stop()

    async def ends(self) -> Mapping[Place, int]:
        """The offset behind the last message of each partition."""
        ends = await self._client.end_offsets(list(self._places))
        return {self._places[partition]: end for partition, end in ends.items()}

    async def read(self, ends: Mapping[Place, int]) -> AsyncIterator[Sequence[Message]]:
        """Every message before these ends, in the order of each partition."""
        begins = await self._client.beginning_offsets(list(self._places))
        waiting: set[TopicPartition] = set()
        for partition, place in self._places.items():
            self._client.seek(partition, begins[partition])
            if begins[partition] < ends[place]:
                waiting.add(partition)
        self._client.pause(*(self._places.keys() - waiting))
        while waiting:
            polled = await self._client.getmany(timeout_ms=1000, max_records=2000)
            for partition, records in polled.items():
                kind, number = self._places[partition]
                yield [
                    Message(
                        kind=kind,
                        partition=number,
                        offset=record.offset,
                        key=record.key,
                        value=record.value,
                        headers=record.headers,
                    )
                    for record in records
                    if record.offset < ends[kind, number]
                ]
                if records[-1].offset >= ends[kind, number] - 1:
                    waiting.discard(partition)
                    self._client.pause(partition)


def row_of(message: Message) -> Row:
    """The message as a row of `record`: what its envelope says, or that nobody can read it."""
    found = dict(message.headers)
    injected = INJECTED in found
    place = (message.kind, message.partition, message.offset, int(injected))
    if message.value is None or (envelope := _envelope(found, message.kind)) is None:
        return (*place, 0, None, None, None, None, None, None, None, None)
    event_id, subject, sequence, type_name = envelope
    return (
        *place,
        1,
        event_id,
        subject,
        sequence,
        type_name,
        hashlib.md5(message.value, usedforsecurity=False).hexdigest(),
        (message.key or b"").decode("utf-8", errors="replace"),
        (murmur2(subject.encode()) & 0x7FFFFFFF) % PARTITIONS[message.kind],
        message.value.decode("utf-8", errors="replace") if message.kind in FOLDED else None,
    )


def _envelope(found: Mapping[str, bytes | None], kind: str) -> tuple[str, str, int, str] | None:
    """Event id, record id, sequence and type; nothing when it is not an event about such a record."""
    try:
        text = {name: (value or b"").decode() for name, value in found.items()}
        sequence = int(text["ce_sequence"])
        at = datetime.fromisoformat(text["ce_time"])
        timed = at.tzinfo is not None and at.astimezone(UTC)
        ids = str(UUID(text["ce_id"])), str(UUID(text["ce_subject"]))
        fits = text["ce_aggregatetype"] == kind and 0 < sequence < 2**31 and timed
        type_name = text["ce_type"]
    except (KeyError, ValueError, OverflowError):
        return None
    return (*ids, sequence, type_name) if fits and "\x00" not in type_name else None
