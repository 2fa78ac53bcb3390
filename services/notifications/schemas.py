"""What the API takes and gives."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.domain.delivery import State
from services.notifications.domain.notice import Kind, Subject
from services.notifications.domain.preference import Language, OutsideChannel
from shared.web.models import Request


class NoticeOut(BaseModel):
    """A notice in the reader's language."""

    id: UUID
    position: int
    """Where it stands in the reader's inbox; also the id of the event in the stream."""
    kind: Kind
    subject_kind: Subject
    subject_id: UUID
    title: str
    body: str
    placed_at: datetime
    read_at: datetime | None


class InboxCount(BaseModel):
    """How much there is to read."""

    unread: int
    last_position: int
    """Open the stream with `after` set to this to miss nothing from here on."""


class PreferencesOut(BaseModel):
    """Where one is told what, with the defaults filled in."""

    language: Language
    channels: dict[Kind, tuple[OutsideChannel, ...]]


class PreferencesIn(Request):
    """One's choices; what is left out follows the directory and the defaults."""

    language: Language | None = None
    channels: dict[Kind, list[OutsideChannel]] = Field(default_factory=dict)

    def without_repeats(self) -> dict[Kind, tuple[OutsideChannel, ...]]:
        """The channels, each named once."""
        return {kind: tuple(dict.fromkeys(wanted)) for kind, wanted in self.channels.items()}


class DeliveryOut(BaseModel):
    """A notice on its way out of the house."""

    notice_id: UUID
    recipient_id: UUID
    kind: Kind
    channel: OutsideChannel
    state: State
    message_id: UUID | None
    attempts: int
    next_at: datetime
    """When it is tried next; of one that was sent or given up, when that was."""
    last_error: str
