"""Events on the wire: CloudEvents 1.0, Kafka protocol binding, binary mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
Written by hand because it runs once per event; a test reads it with the CloudEvents SDK.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID


class Unreadable(Exception):
    """The message is not one of our events: what is wrong with its envelope."""


class Envelope(NamedTuple):
    """An event whose payload has not been read yet; a tuple, because one is made for every event."""

    event_id: UUID
    aggregate_type: str
    aggregate_id: UUID
    sequence: int
    type: str
    traceparent: str
    occurred_at: datetime
    payload: bytes
    partition: int = 0
    log_offset: int = -1


def headers(envelope: Envelope, *, source: str) -> list[tuple[str, bytes]]:
    """The Kafka headers of an event; `source` names the service that announces it."""
    at = envelope.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(envelope.event_id).encode()),
        ("ce_source", f"/shangji/{source}".encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_subject", str(envelope.aggregate_id).encode()),
        ("ce_time", at.encode()),
        ("ce_aggregatetype", envelope.aggregate_type.encode()),
        ("ce_sequence", str(envelope.sequence).encode()),
        ("ce_traceparent", envelope.traceparent.encode()),
        ("content-type", b"application/json"),
    ]


def read(
    raw: Sequence[tuple[str, bytes | None]],
    value: bytes | None,
    *,
    partition: int,
    offset: int,
    aggregate_type: str,
) -> Envelope:
    """The envelope of a message from the topic of `aggregate_type`; raises `Unreadable`."""
    found: Mapping[str, bytes | None] = dict(raw)
    if value is None:
        raise Unreadable("the message has no value")
    try:
        envelope = Envelope(
            event_id=UUID(_text(found, "ce_id")),
            aggregate_type=_text(found, "ce_aggregatetype"),
            aggregate_id=UUID(_text(found, "ce_subject")),
            sequence=int(_text(found, "ce_sequence")),
            type=_text(found, "ce_type"),
            traceparent=_text(found, "ce_traceparent") if "ce_traceparent" in found else "",
            occurred_at=_instant(_text(found, "ce_time")),
            payload=value,
            partition=partition,
            log_offset=offset,
        )
    except (ValueError, OverflowError) as problem:
        raise Unreadable(str(problem)) from problem
    if envelope.aggregate_type != aggregate_type:
        raise Unreadable(
            f"an event about a {envelope.aggregate_type} in the {aggregate_type} topic"
        )
    if not 0 < envelope.sequence < 2**31:
        raise Unreadable(f"sequence {envelope.sequence} is out of range")
    return envelope


def _instant(text: str) -> datetime:
    """A moment in UTC; near the ends of the calendar some times are none there."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise Unreadable("ce_time has no time zone")
    return at.astimezone(UTC)


def _text(found: Mapping[str, bytes | None], name: str) -> str:
    value = found.get(name)
    if value is None:
        raise Unreadable(f"the header {name} is missing")
    text = value.decode("utf-8", errors="strict")
    if "\x00" in text:
        raise Unreadable(f"the header {name} holds a NUL character")
    return text
