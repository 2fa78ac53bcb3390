"""Requests and responses about members of staff."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from services.opportunities.domain.duty import LONGEST_ABSENCE
from services.opportunities.schemas.fields import Cap, Level, Name, Names, Username, Weight
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import Role, Shift
from shared.web import Request

CLEARABLE = frozenset({"daily_cap", "open_cap"})
Roles = Annotated[tuple[Role, ...], Field(max_length=6)]


def _do_not_overlap(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    spans = sorted(_minutes(shift) for shift in shifts)
    around = [*spans, *((start + WEEK, end + WEEK) for start, end in spans[:1])]
    if any(end > start for (_, end), (start, _) in pairwise(around)):
        raise ValueError("Shifts do not overlap, over the end of the week neither")
    return shifts


def _minutes(shift: Shift) -> tuple[float, float]:
    """From when to when, in minutes since the beginning of Monday."""
    day = (shift.weekday - 1) * DAY
    start, end = (
        clock.hour * 60 + clock.minute + clock.second / 60 for clock in (shift.start, shift.end)
    )
    return day + start, day + end + (DAY if end <= start else 0)


DAY, WEEK = 24 * 60, 7 * 24 * 60
Shifts = Annotated[tuple[Shift, ...], Field(max_length=50), AfterValidator(_do_not_overlap)]
Mail = Annotated[str, Field(max_length=320)]


class NewPerson(Request):
    """Somebody to take on."""

    username: Username
    name: Name
    email: Mail = ""
    language: Literal["zh", "en"] = "zh"
    unit_id: UUID
    roles: Roles
    industries: Names = ()
    products: Names = ()
    """Codes of what they sell; none for everything."""
    skills: Names = ()
    languages: Names = ()
    """What they speak with customers."""
    level: Level = 1
    shifts: Shifts = ()
    """When they work; none for the hours of their unit."""
    weight: Weight = 1.0
    daily_cap: Cap | None = None
    open_cap: Cap | None = None
    external: ExternalId | None = None
    """Who they are in another system, if they come from one; their id is derived from that."""


class PersonChanges(Request):
    """What is sent is changed, what is left out stays; a cap of null takes the cap away."""

    username: Username | None = None
    name: Name | None = None
    email: Mail | None = None
    language: Literal["zh", "en"] | None = None
    unit_id: UUID | None = None
    roles: Roles | None = None
    industries: Names | None = None
    products: Names | None = None
    skills: Names | None = None
    languages: Names | None = None
    level: Level | None = None
    shifts: Shifts | None = None
    weight: Weight | None = None
    daily_cap: Cap | None = None
    open_cap: Cap | None = None
    active: bool | None = None


class NewPassword(Request):
    """A password to sign in with from now on."""

    password: Annotated[str, Field(min_length=12, max_length=200)]


class PersonOut(BaseModel):
    """One member of staff."""

    id: UUID
    username: str
    name: str
    email: str
    language: Literal["zh", "en"]
    unit_id: UUID
    roles: list[Role]
    industries: list[str]
    products: list[str]
    skills: list[str]
    languages: list[str]
    level: int
    shifts: list[Shift]
    weight: float
    daily_cap: int | None
    open_cap: int | None
    active: bool
    external: ExternalId | None
    sequence: int
    created_at: datetime


class NewAbsence(Request):
    """A time out of office."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    stand_in_id: UUID | None = None
    """Who takes meanwhile what is meant for them by name: leads of their customers, the fallback's."""

    @model_validator(mode="after")
    def _is_a_while(self) -> Self:
        if not timedelta(0) < self.ends_at - self.starts_at <= LONGEST_ABSENCE:
            raise ValueError("An absence ends after it starts, and within three years")
        return self


class AbsenceOut(BaseModel):
    """A time out of office."""

    id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    stand_in_id: UUID | None
    planned_by: UUID
    created_at: datetime


class Me(BaseModel):
    """Whoever asks, and what they may do."""

    id: UUID
    kind: Literal["person", "client"]
    username: str
    name: str
    unit_id: UUID
    roles: list[Role]
