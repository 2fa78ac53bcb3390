"""Requests and responses about units of the org tree."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.opportunities.schemas.fields import Name, Names, Reason
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import UnitKind
from shared.web import Request

CreditCode = Annotated[str, Field(pattern=r"^([0-9A-HJ-NP-RTUWXY]{18})?$")]
"""统一社会信用代码 of a legal entity of ours."""
CalendarName = Annotated[str, Field(max_length=80, pattern=r"^[\w.-]*$")]
CLEARABLE = frozenset({"lead_person_id"})


class NewUnit(Request):
    """A unit to hang into the tree; every unit but the enterprise itself has a parent."""

    name: Name
    kind: UnitKind
    parent_id: UUID
    lead_person_id: UUID | None = None
    regions: Names = ()
    credit_code: CreditCode = ""
    calendar: CalendarName = ""
    """`name` of a configuration `calendar:name`; blank for that of the unit above."""
    external: ExternalId | None = None
    """Who it is in another system, if it comes from one; its id is derived from that."""


class UnitChanges(Request):
    """What is sent is changed, what is left out stays."""

    name: Name | None = None
    kind: UnitKind | None = None
    parent_id: UUID | None = None
    lead_person_id: UUID | None = None
    regions: Names | None = None
    credit_code: CreditCode | None = None
    calendar: CalendarName | None = None
    active: bool | None = None


class LegalEntityOut(BaseModel):
    """One of our own legal entities, which sign contracts."""

    id: UUID
    name: str
    credit_code: str
    regions: list[str]
    created_at: datetime


class DayOut(BaseModel):
    """One day of a unit's calendar."""

    date: date
    works: bool
    """Whether people work on it: the enterprise's own word, then the state's, then the week."""
    is_final: bool
    """False as long as the state has not said which days are worked for a holiday (调休)."""


class Merge(Request):
    """The unit that goes on, and why."""

    into_id: UUID
    reason: Reason


class VersionOut(BaseModel):
    """How a unit or a person was from then on; names of people are not kept."""

    sequence: int
    body: dict[str, Any]
    defined_by: UUID | None
    defined_at: datetime
    why: str


class ChartUnit(BaseModel):
    """A unit as it was."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    merged_into: UUID | None
    active: bool
    people: int
    """Active members of the unit itself."""


class UnitOut(BaseModel):
    """One unit of the org tree."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    lead_person_id: UUID | None
    regions: list[str]
    active: bool
    credit_code: str
    calendar: str
    merged_into: UUID | None
    external: ExternalId | None
    live_since: datetime | None
    """From then on it works here, and no history is taken in for it."""
    sequence: int
    created_at: datetime
