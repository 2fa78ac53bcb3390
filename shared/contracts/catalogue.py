"""All events by type, and how to read and write their payloads."""

from shared.contracts import analytics, documents_events, leads, notifications, opportunities
from shared.contracts.base import Event

EVENTS: dict[str, type[Event]] = {
    event.model_fields["type"].default: event
    for producer in (leads, opportunities, documents_events, notifications, analytics)
    for event in producer.EVENTS
}


def family(type_name: str) -> str:
    """The event's name without its version: `lead.captured` of `lead.captured.v1`."""
    return type_name.rpartition(".v")[0]


FAMILIES: frozenset[str] = frozenset(family(name) for name in EVENTS)


def is_unknown_version(type_name: str) -> bool:
    """A known name in a version this release cannot read: its key has to wait for a newer one."""
    return type_name not in EVENTS and family(type_name) in FAMILIES


def parse(type_name: str, payload: bytes) -> Event:
    """The event in a message; raises `pydantic.ValidationError` when the payload does not fit."""
    return EVENTS[type_name].model_validate_json(payload)
