"""How damage is done: in the database by its administrator, or in the log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from tests.support.world import PREFIX
from tests.verify.conftest import Scene

Do = Callable[[Scene], Awaitable[None]]
Records = list[ConsumerRecord[Any, Any]]


@dataclass(frozen=True)
class Damage:
    """What was done, and the equation that breaks."""

    what: str
    equation: str
    do: Do


def sql(*statements: str) -> Do:
    """Damage done in the database, by its administrator."""

    async def do(scene: Scene) -> None:
        for statement in statements:
            done = await scene.sql.execute(statement)
            assert not done.endswith(" 0"), f"nothing was damaged by {statement}"

    return do


def log(kind: str, damage: Callable[[Records], None], *, least: int = 1) -> Do:
    """Damage done to a partition of a topic that holds enough."""

    async def do(scene: Scene) -> None:
        partitions = [
            records
            for partition, records in scene.log.partitions.items()
            if partition.topic == f"{PREFIX}{kind}" and len(records) >= least
        ]
        damage(partitions[0])

    return do


def swapped(records: Records) -> None:
    """Two events of one record, each in the other's place."""
    first, second = of_one_record(records)[:2]
    records[first], records[second] = records[second], records[first]


def gap(records: Records) -> None:
    """The first event of a record that has more is gone; another message lies in its place."""
    first, second = of_one_record(records)[:2]
    records[first] = records[second]


def of_one_record(records: Records) -> list[int]:
    """Where the events of the record with the most events lie."""
    keys = [record.key for record in records]
    most = max(set(keys), key=keys.count)
    return [place for place, key in enumerate(keys) if key == most]


def with_headers(record: ConsumerRecord[Any, Any], **changed: str) -> ConsumerRecord[Any, Any]:
    """The same message under another envelope."""
    headers = {**dict(record.headers), **{f"ce_{k}": v.encode() for k, v in changed.items()}}
    return replace(record, headers=list(headers.items()))


def phantom(records: Records) -> None:
    """An event that nobody committed."""
    records.append(with_headers(records[-1], id=str(uuid4()), subject=str(uuid4()), sequence="1"))


def other_payload(records: Records) -> None:
    """A message that says something else than what was committed."""
    records[0] = replace(records[0], value=(records[0].value or b"").replace(b"CNY", b"USD"))


async def misplaced(scene: Scene) -> None:
    """A message lies in a partition that is not its key's."""
    partition, records = next(
        (partition, records)
        for partition, records in scene.log.partitions.items()
        if partition.topic == f"{PREFIX}lead" and records
    )
    other = TopicPartition(partition.topic, (partition.partition + 1) % 4)
    scene.log.partitions[other].append(replace(records[-1], partition=other.partition))


TWIN = """
INSERT INTO {table} SELECT (jsonb_populate_record(row, jsonb_build_object({changed}))).*
  FROM {table} AS row WHERE {where} LIMIT 1
"""


def twin(table: str, where: str = "true", **changed: str) -> str:
    """A second row like one that is there."""
    pairs = ", ".join(f"'{name}', {value}" for name, value in changed.items())
    return TWIN.format(table=table, changed=pairs, where=where)
