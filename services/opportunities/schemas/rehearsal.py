"""Requests and responses about rehearsals of rules."""

from datetime import datetime, timedelta
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, model_validator

from services.opportunities.domain.rehearsal import Rehearsal
from shared.web import Request

LONGEST = timedelta(days=5 * 366)


class NewRehearsal(Request):
    """The window of the past to play a version on."""

    since: AwareDatetime
    until: AwareDatetime

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if not timedelta(0) < self.until - self.since <= LONGEST:
            raise ValueError("A window ends after it begins, and within five years")
        return self


class RehearsalOut(BaseModel):
    """A rehearsal, and what came of it once it is done."""

    id: UUID
    kind: str
    """`routing`, `routing:<name>`, `pool` or `pool:<name>`."""
    version: int
    in_force: int | None
    """The version it was compared with."""
    since: datetime
    until: datetime
    state: Literal["queued", "done", "failed"]
    problem: str
    result: Rehearsal | None
    seconds: float | None
    asked_by: UUID
    asked_at: datetime
    done_at: datetime | None


class MoveOut(BaseModel):
    """A lead that somebody else would have got, with both receipts."""

    position: int
    lead_id: UUID
    came_at: datetime
    before_id: UUID | None
    after_id: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]
