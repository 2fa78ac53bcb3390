"""The checker's reader on a real broker."""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from shangji.infra.servers import KafkaServer
from shangji.verify.topics import KafkaLog, Message, row_of
from shared import topics
from shared.settings import ServiceSettings

RECORD = uuid4()


def headers(**changed: str) -> list[tuple[str, bytes | None]]:
    said = {
        "ce_id": str(uuid4()),
        "ce_subject": str(RECORD),
        "ce_sequence": "1",
        "ce_type": "lead.captured.v1",
        "ce_aggregatetype": "lead",
        "ce_time": "2026-03-02T08:00:00Z",
    }
    return [(name, value.encode()) for name, value in (said | changed).items()]


async def test_every_message_is_read_once_up_to_the_end(kafka: KafkaServer):
    prefix = f"verify{uuid4().hex[:8]}."
    await topics.ensure(
        ServiceSettings(
            service="topics",
            database_url="",
            kafka_bootstrap=kafka.bootstrap,
            topic_prefix=prefix,
        )
    )
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    for number in range(5_000):
        await producer.send(f"{prefix}lead", b"%d" % number, partition=number % 3)
    await producer.flush()

    async with KafkaLog.open(kafka.bootstrap, prefix) as log:
        ends = await log.ends()
        await producer.send_and_wait(f"{prefix}lead", b"later", partition=0)
        found = [message async for page in log.read(ends) for message in page]
    await producer.stop()

    assert sorted(int(message.value or b"") for message in found) == list(range(5_000))
    for partition in range(3):
        offsets = [message.offset for message in found if message.partition == partition]
        assert offsets == list(range(len(offsets)))


@pytest.mark.parametrize(
    "changed",
    [
        {"ce_sequence": "0"},
        {"ce_sequence": "many"},
        {"ce_subject": "nobody"},
        {"ce_aggregatetype": "customer"},
        {"ce_time": "2026-03-02T08:00:00"},
        {"ce_time": "9999-12-31T23:59:59-14:00"},
    ],
    ids=lambda changed: next(iter(changed.items())),
)
def test_a_message_that_is_no_event_of_ours_is_counted_but_not_read(changed: dict[str, str]):
    message = Message(
        kind="lead", partition=0, offset=7, key=b"", value=b"{}", headers=headers(**changed)
    )

    assert row_of(message)[:6] == ("lead", 0, 7, 0, 0, None)


def test_a_marked_message_is_injected():
    marked = [*headers(), ("shangji-injected", b"1")]
    message = Message(kind="lead", partition=0, offset=7, key=b"", value=b"{}", headers=marked)

    assert row_of(message)[3:5] == (1, 1)
