"""Keys lie where they have always lain."""

from uuid import uuid4

from aiokafka.partitioner import DefaultPartitioner

from shared.kafka import PARTITIONS, partition_of


def test_an_aggregate_lies_where_every_other_client_of_kafka_would_put_it():
    elsewhere = DefaultPartitioner()
    ids = [uuid4() for _ in range(500)]

    for kind, partitions in PARTITIONS.items():
        numbers = list(range(partitions))
        for aggregate_id in ids:
            expected = elsewhere(str(aggregate_id).encode(), numbers, numbers)
            assert partition_of(kind, aggregate_id) == expected
