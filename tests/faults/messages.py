"""Messages that no relay of ours would send: envelopes and payloads with something wrong in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import orjson
from aiokafka import AIOKafkaProducer

from shared import envelope
from shared.contracts.leads import LeadTouched
from shared.envelope import Envelope
from shared.kafka import partition_of
from tests.faults.rig import Rig

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GOOD = {
    "lead_id": "{id}",
    "submission_id": str(uuid4()),
    "channel": "web",
    "touched_at": NOW.isoformat(),
}

Changed = dict[str, bytes | None]
Headers = list[tuple[str, bytes]]

ENVELOPES: dict[str, Changed] = {
    "no id": {"ce_id": None},
    "an id that is none": {"ce_id": b"42"},
    "no subject": {"ce_subject": None},
    "no sequence": {"ce_sequence": None},
    "sequence zero": {"ce_sequence": b"0"},
    "a sequence below zero": {"ce_sequence": b"-1"},
    "a sequence that is no number": {"ce_sequence": b"NaN"},
    "a sequence beyond all numbers": {"ce_sequence": b"9" * 5000},
    "a sequence beyond integers": {"ce_sequence": b"2147483648"},
    "no type": {"ce_type": None},
    "a type that is no text": {"ce_type": b"\xff\xfe"},
    "a type with a NUL": {"ce_type": b"lead.\x00touched.v1"},
    "no time": {"ce_time": None},
    "a time without a zone": {"ce_time": b"2026-03-02T09:30:00"},
    "a time at the end of time": {"ce_time": b"9999-12-31T23:59:59-14:00"},
    "a time before time": {"ce_time": b"0001-01-01T00:00:00+14:00"},
    "no kind of record": {"ce_aggregatetype": None},
    "a record of another topic": {"ce_aggregatetype": b"customer"},
}

PAYLOADS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "null": b"null",
    "a list": b"[]",
    "not a number": b'{"lead_id": NaN}',
    "a number beyond all": b'{"lead_id": 1e400}',
    "a very deep one": b"[" * 100_000 + b"]" * 100_000,
    "a very large one": b'{"lead_id": "' + b"x" * 900_000 + b'"}',
    "a NUL in a text": orjson.dumps({**GOOD, "channel": "we\x00b"}),
    "half a character": orjson.dumps(GOOD).replace(b'"web"', b'"\\ud800"'),
    "a field twice": orjson.dumps(GOOD).replace(b'{"lead_id"', b'{"lead_id":"1","lead_id"'),
    "a field of the future": orjson.dumps({**GOOD, "mood": "sunny"}),
    "a time at the end of time": orjson.dumps({**GOOD, "touched_at": "9999-12-31T23:59:59-14:00"}),
    "another record": orjson.dumps({**GOOD, "lead_id": str(uuid4())}),
}
READABLE = ("a field of the future", "a field twice", "a time at the end of time")


def message(lead_id: UUID, **changed: bytes | None) -> Headers:
    """The headers of a lead's first event, with some of them changed or left out."""
    good = envelope.headers(
        Envelope(
            event_id=uuid4(),
            aggregate_type="lead",
            aggregate_id=lead_id,
            sequence=1,
            type=LeadTouched.model_fields["type"].default,
            traceparent="",
            occurred_at=NOW,
            payload=b"",
        ),
        source="leads",
    )
    both = {**dict(good), **changed}
    return [(name, value) for name, value in both.items() if value is not None]


@asynccontextmanager
async def producing(rig: Rig) -> AsyncIterator[AIOKafkaProducer]:
    """Somebody else's producer."""
    async with AIOKafkaProducer(bootstrap_servers=rig.stack.kafka_bootstrap) as producer:
        yield producer


async def inject(
    rig: Rig, producer: AIOKafkaProducer, about: UUID, value: bytes | None, headers: Headers
) -> None:
    """Put a message into the topic of leads that the checker is to count apart."""
    await producer.send_and_wait(
        f"{rig.stack.topic_prefix}lead",
        value,
        key=str(about).encode(),
        partition=partition_of("lead", about),
        headers=[*headers, ("shangji-injected", b"1")],
    )
