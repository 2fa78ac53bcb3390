"""What `notifications` publishes: that somebody was told."""

# An event's type is one of `str`, and frozen: pydantic's `frozen` is not seen by the type checker.
# pyright: reportIncompatibleVariableOverride=false

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Event

Channel = Literal["inbox", "mail", "wecom"]


class NotificationEvent(Event):
    aggregate_type: ClassVar[str] = "notification"
    aggregate_key: ClassVar[str] = "notification_id"

    notification_id: UUID


class NotificationPlaced(NotificationEvent):
    """A notice lies in a person's inbox."""

    type: Literal["notification.placed.v1"] = "notification.placed.v1"
    recipient_id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    placed_at: AwareDatetime


class NotificationRead(NotificationEvent):
    """The person has seen the notice."""

    type: Literal["notification.read.v1"] = "notification.read.v1"
    recipient_id: UUID
    read_at: AwareDatetime


EVENTS: tuple[type[Event], ...] = (NotificationPlaced, NotificationRead)
