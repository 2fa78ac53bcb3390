"""Requests and responses about activities."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import ActivityKind
from shared.web import Day, Moment, Request


class LogActivity(Request):
    """What was done about a lead, a customer or an opportunity; a next step has a day."""

    subject_kind: SubjectKind
    subject_id: UUID
    kind: ActivityKind
    done_at: Moment | None = None
    """Without it, now."""
    text: Annotated[str, Field(max_length=20_000)] = ""
    next_step: Annotated[str, Field(max_length=500)] = ""
    next_step_on: Day | None = None

    @model_validator(mode="after")
    def _next_step_has_a_day(self) -> Self:
        if bool(self.next_step) != (self.next_step_on is not None):
            raise ValueError("next_step and next_step_on come together")
        return self


class ActivityOut(BaseModel):
    """An activity as it was logged."""

    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    kind: ActivityKind
    done_by: UUID
    done_by_name: str
    unit_id: UUID
    done_at: AwareDatetime
    text: str
    next_step: str
    next_step_on: date | None
