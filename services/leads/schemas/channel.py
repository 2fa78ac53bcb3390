"""Channels as those who run them write and see them."""

from typing import Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from services.leads.domain.channel.definition import Channel
from services.leads.domain.channel.reading import Understood
from services.leads.domain.intake import Said, Telling
from services.leads.domain.scoring import Signal
from services.leads.domain.trail import Trail
from shared.contracts.leads import LeadFacts
from shared.web import Moment, Request


class SubmissionReceipt(BaseModel):
    """What a sender learns: where its submission is kept, and nothing of what we know already."""

    submission_id: UUID


class ChannelIn(Request):
    """A channel as it is to be from now on, and why."""

    channel: Channel
    why: str = Field(min_length=1, max_length=500)


class SecretIn(Request):
    """A new secret. The one before it stays good for a while, so that senders can change over."""

    parts: dict[str, str] | None = Field(default=None, max_length=5)
    """Left out, one is made up and shown this once."""
    overlap_hours: float = Field(default=24, ge=0, le=24 * 90)


class SecretOut(BaseModel):
    """A secret that was just kept; `parts` only when it was made up here."""

    channel: str
    parts: dict[str, str] | None


class Counters(BaseModel):
    """What came by a channel since a moment."""

    since: AwareDatetime
    accepted: int = 0
    """Submissions that are part of a lead."""
    duplicates: int = 0
    """Those of them that joined a lead known before."""
    quarantined: int = 0
    """Waiting to be mended or replayed."""
    discarded: int = 0
    repeated: int = 0
    """The very same submission once more: answered as before, and not kept again."""
    refused: int = 0
    """Not from a sender the channel knows."""
    last_success_at: AwareDatetime | None = None


class ChannelError(BaseModel):
    """Something that went wrong lately."""

    at: AwareDatetime
    outcome: Literal["quarantined", "refused"]
    submission_id: UUID | None
    problem: dict[str, JsonValue]


class ChannelLine(BaseModel):
    """A channel in a list."""

    key: str
    title: str
    kind: str
    is_on: bool
    version: int
    counters: Counters


class SecretLine(BaseModel):
    """That there is a secret, never what it is."""

    made_at: AwareDatetime
    ends_at: AwareDatetime | None


class ChannelOut(ChannelLine):
    """A channel whole."""

    channel: Channel
    secrets: list[SecretLine]
    last_errors: list[ChannelError]


class TrialIn(Request):
    """A sample, and perhaps a draft of the channel; without one it is read as by the channel in force."""

    content: str = Field(max_length=1_000_000)
    content_type: str = "application/json"
    channel: Channel | None = None


class TrialOut(BaseModel):
    """What the sample says."""

    name: str
    phone: str
    mail: str
    notes: str
    facts: LeadFacts
    attributes: dict[str, Signal]
    trail: Trail
    occurred_at: AwareDatetime | None

    @classmethod
    def of(cls, found: Understood) -> Self:
        """The reading, part by part."""
        person = found.reading.person
        return cls(
            name=person.name,
            phone=person.phone.number if person.phone else "",
            mail=person.mail,
            notes=person.notes,
            facts=found.reading.facts,
            attributes=found.reading.attributes,
            trail=found.trail,
            occurred_at=found.occurred_at,
        )


class CallIn(Said, Request):
    """A phone call. The number, or another way to tell who it was, must be there."""

    direction: Literal["in", "out"]
    called_at: Moment | None = None
    """Without it: just now."""

    @property
    def told(self) -> Telling:
        """The call as a telling; which way it went is a custom field."""
        said = {name: getattr(self, name) for name in Said.model_fields}
        return Telling.model_validate(
            {**said, "attributes": {**self.attributes, "call_direction": self.direction}}
        )


class ReplayIn(Request):
    """Which submissions to read again with the channel as it is now."""

    received_from: Moment
    received_before: Moment
    why: str = Field(min_length=1, max_length=500)


class ReplayOut(BaseModel):
    """How far a replay has come, and what it did."""

    id: UUID
    channel: str
    received_from: AwareDatetime
    received_before: AwareDatetime
    why: str
    asked_by: UUID | None
    asked_at: AwareDatetime
    total: int
    """Submissions in the window when it was asked for."""
    captured: int
    """Were in quarantine, and are part of a lead now."""
    corrected: int
    """Had been read wrongly; their leads say now what was meant."""
    unchanged: int
    """Say what they said before."""
    unreadable: int
    """Cannot be read by the present mapping either."""
    conflicting: int
    """Their correction would take a number or address that another lead goes by: left as they were."""
    ended_at: AwareDatetime | None
