"""What aiokafka does not bring: topic ids, and a map from keys to partitions that never changes."""

import struct
from functools import lru_cache
from io import BytesIO
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from shared.contracts.topics import TOPICS

PARTITIONS = {topic.aggregate_type: topic.partitions for topic in TOPICS}


@lru_cache(maxsize=10_000)
def partition_of(aggregate_type: str, aggregate_id: UUID) -> int:
    """Where an aggregate's events lie for ever: murmur2 of its id, as Java's producer does it."""
    return (_murmur2(str(aggregate_id).encode()) & 0x7FFFFFFF) % PARTITIONS[aggregate_type]


def _murmur2(key: bytes) -> int:
    """aiokafka's, which takes most of the time it takes to send an event, for whole words only."""
    hashed = 0x9747B28C ^ len(key)
    for word in struct.unpack(f"<{len(key) // 4}I", key):
        mixed = word * 0x5BD1E995 & 0xFFFFFFFF
        hashed = (hashed * 0x5BD1E995 ^ (mixed ^ mixed >> 24) * 0x5BD1E995) & 0xFFFFFFFF
    hashed = (hashed ^ hashed >> 13) * 0x5BD1E995 & 0xFFFFFFFF
    return hashed ^ hashed >> 15


class _Uuid(AbstractType[UUID]):
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_NAME = CompactString("utf-8")


class _MetadataResponse(Response):
    """Metadata, version 10: the first that names topics by id (KIP-516)."""

    API_KEY = 3  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType] - as aiokafka does it itself
    API_VERSION = 10  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType]
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", _NAME),
                ("port", Int32),
                ("rack", _NAME),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", _NAME),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", _NAME),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataRequest(RequestStruct):
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _MetadataResponse
    FLEXIBLE_VERSION = True
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(("topic_id", _Uuid), ("topic", _NAME), ("tags", TaggedFields)),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _DescribeTopics(Request[_MetadataRequest]):
    API_KEY = 3

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def build(self, request_struct_class: type[_MetadataRequest]) -> _MetadataRequest:
        topics = [(UUID(int=0), name, {}) for name in self._names]
        return request_struct_class(topics, False, False, False, {})


async def topic_ids(client: AIOKafkaClient, names: list[str]) -> dict[str, UUID]:
    """The ids of the topics that exist: a topic made anew under its old name has another id."""
    node = client.get_random_node()
    answer = await client.send(node, _DescribeTopics(names))
    return {name: topic_id for error, name, topic_id, *_ in answer.topics if error == 0}
