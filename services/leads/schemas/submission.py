"""Submissions as operators see them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, JsonValue

SubmissionState = Literal["quarantined", "accepted"]


class SubmissionLine(BaseModel):
    """A submission in a list: where it stands, and why it waits."""

    id: UUID
    state: SubmissionState
    problem: dict[str, JsonValue] | None
    """The refusal it met, as the sender got it."""
    lead_id: UUID | None
    received_by: UUID
    received_at: AwareDatetime


class SubmissionOut(SubmissionLine):
    """A submission with what was sent, to be mended."""

    content_type: str
    body: str
    """As it came; bytes that are not UTF-8 are shown as `\\xff`."""
    mended: str | None
