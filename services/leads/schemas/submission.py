"""Submissions as operators see them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from shared.web import Request

SubmissionState = Literal["quarantined", "accepted", "discarded"]


class SubmissionLine(BaseModel):
    """A submission in a list: where it stands, and why it waits."""

    id: UUID
    state: SubmissionState
    channel: str | None
    """The channel it was sent to; nothing for POST /leads."""
    problem: dict[str, JsonValue] | None
    """The refusal it met, as the sender got it."""
    lead_id: UUID | None
    received_by: UUID | None
    received_at: AwareDatetime


class SubmissionOut(SubmissionLine):
    """A submission with what was sent, to be mended."""

    content_type: str
    body: str
    """As it came; bytes that are not UTF-8 are shown as `\\xff`."""
    opened: str | None
    """What was said, where it came enciphered."""
    mended: str | None
    discarded_for: str | None
    emptied_at: AwareDatetime | None
    """When the content was let go of, by the policy `retention`."""


class DiscardIn(Request):
    """Why nothing is to become of a submission."""

    reason: str = Field(min_length=1, max_length=500)
