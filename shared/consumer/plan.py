"""What to do with a batch: a pure decision from sequences alone.

The law of a legal stream: anything at or below the last sequence heard is a duplicate, the next one
takes effect, and anything beyond it waits for the one that is missing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.envelope import Envelope

Reason = Literal["gap", "refused", "unknown_version", "unreadable", "behind"]
Key = tuple[str, UUID]
"""Aggregate type and id."""


def key_of(envelope: Envelope) -> Key:
    """What an event is ordered by."""
    return envelope.aggregate_type, envelope.aggregate_id


@dataclass(frozen=True, kw_only=True)
class ParkedEvent:
    """An event that waits, and why."""

    envelope: Envelope
    reason: Reason
    detail: str = ""
    attempts: int = 0


@dataclass(kw_only=True)
class Plan:
    """Lines of events to apply, one line per key and in order; events to park; duplicates."""

    lines: dict[Key, list[Envelope]] = field(default_factory=dict)
    to_park: list[ParkedEvent] = field(default_factory=list)
    healed: list[Envelope] = field(default_factory=list)
    """Parked events that are in a line now, because what was missing has come."""
    duplicates: list[Envelope] = field(default_factory=list)


def decide(
    batch: Sequence[Envelope],
    *,
    last: Mapping[Key, int],
    waiting: Mapping[Key, Sequence[ParkedEvent]],
) -> Plan:
    """Sort a batch into lines, given the last sequence heard and what is parked, for each key."""
    plan = Plan()
    reached = dict(last)
    parked: dict[Key, dict[int, ParkedEvent]] = defaultdict(
        dict,
        {key: {event.envelope.sequence: event for event in held} for key, held in waiting.items()},
    )
    for envelope in batch:
        key = key_of(envelope)
        next_sequence = reached.get(key, 0) + 1
        if envelope.sequence < next_sequence or envelope.sequence in parked[key]:
            plan.duplicates.append(envelope)
        elif envelope.sequence == next_sequence:
            reached[key] = _join_line(plan, key, envelope, parked[key])
        else:
            reason: Reason = "behind" if next_sequence in parked[key] else "gap"
            event = ParkedEvent(envelope=envelope, reason=reason)
            parked[key][envelope.sequence] = event
            plan.to_park.append(event)
    return plan


def _join_line(plan: Plan, key: Key, envelope: Envelope, parked: dict[int, ParkedEvent]) -> int:
    """Put the event and all parked ones that follow it without a gap in the key's line."""
    line = plan.lines.setdefault(key, [])
    line.append(envelope)
    sequence = envelope.sequence
    while (follower := parked.pop(sequence + 1, None)) is not None:
        line.append(follower.envelope)
        if follower in plan.to_park:
            plan.to_park.remove(follower)
        else:
            plan.healed.append(follower.envelope)
        sequence += 1
    return sequence
