"""What the operations routes say."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from shared.web import Request


class PartitionStatus(BaseModel):
    """How far the service's consumer group has come in one partition."""

    topic: str
    partition: int
    next_offset: int
    end_offset: int
    lag: int
    stopped_because: str | None


class TimerStatus(BaseModel):
    """A timer's items that failed and rest."""

    timer: str
    resting: int
    last_error: str


class Status(BaseModel):
    """Whether the service is at rest, and what it waits for when it is not."""

    service: str
    now: datetime
    outbox: int = Field(description="Events that Kafka has not acknowledged yet")
    feed_position: int
    lag: int = Field(description="Messages of other services not taken yet")
    partitions: list[PartitionStatus]
    parked: int
    dead_letters: int
    timers: list[TimerStatus]


class ParkedKey(BaseModel):
    """An aggregate whose events wait, and why its first one does."""

    aggregate_type: str
    aggregate_id: UUID
    events: int
    first_sequence: int
    type: str
    reason: str
    detail: str
    attempts: int
    since: datetime


class ParkedEventOut(BaseModel):
    """One event that waits."""

    event_id: UUID
    sequence: int
    type: str
    reason: str
    detail: str
    attempts: int
    topic: str
    partition: int
    offset: int
    occurred_at: datetime
    payload: JsonValue


class DeadLetter(BaseModel):
    """A message that could not be read."""

    topic: str
    partition: int
    offset: int
    reason: str
    size: int
    headers: dict[str, str]
    buried_at: datetime


class Retried(BaseModel):
    """What came of putting a key back."""

    applied: int
    still_parked: int


class Drop(Request):
    """Giving up an event needs a reason; it is kept in the audit."""

    why: str = Field(min_length=1, max_length=500)


class Clock(BaseModel):
    """The service's time, and how far the demo has moved it."""

    now: datetime
    shift_seconds: float


class ClockShift(Request):
    """Where the demo's clock should stand, in seconds ahead of the real one."""

    shift_seconds: float = Field(ge=0, le=3650 * 86_400)


class Replay(Request):
    """Send the feed to Kafka again, from the event after this position."""

    after: int = Field(default=0, ge=0)
    limit: int = Field(default=5_000, ge=1, le=20_000)
    """Ask again from the answer's position until no more events come."""


class Replayed(BaseModel):
    """How many events were sent again, and up to which position."""

    events: int
    position: int


class Resumed(BaseModel):
    """Partitions that had stopped and go on from where their log begins."""

    partitions: int


class FeedEvent(BaseModel):
    """An event as a CloudEvent, at its place in the service's one total order."""

    position: int
    id: UUID
    type: str
    source: str
    subject: UUID
    sequence: int
    time: datetime
    data: dict[str, Any]


class FeedPage(BaseModel):
    """Events in order; `next_after` is what to ask for next, also when nothing came."""

    items: list[FeedEvent]
    next_after: int
