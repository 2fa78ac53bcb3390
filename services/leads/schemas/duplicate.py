"""Pairs that may be one party, and merges, as callers send and see them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from services.leads.domain.duplicates import PairState, SubjectKind
from services.leads.domain.intake import Line
from services.leads.domain.matching.weighing import Level
from services.leads.domain.merging_contacts import ContactField
from services.leads.domain.merging_customers import CustomerField
from services.leads.domain.merging_leads import LeadField
from shared.web import Request


class FindingOut(BaseModel):
    """What one comparison says, and how many bits that is worth."""

    comparison: str
    level: Level
    bits: float


class SideOut(BaseModel):
    """One record of a pair. Phone and mail are masked for everybody but its owner."""

    kind: SubjectKind
    id: UUID
    state: str
    name: str
    phone: str
    mail: str
    masked: bool
    company_name: str
    credit_code: str
    region: str
    unit_id: UUID
    owner_id: UUID | None
    known_since: AwareDatetime


class DuplicateOut(BaseModel):
    """Two records that may be one party, side by side, and what speaks for and against it."""

    id: UUID
    state: PairState
    bits: float
    """Prior and findings add up to it; each bit doubles the odds."""
    prior: float
    findings: list[FindingOut]
    rules_version: int
    found_at: AwareDatetime
    decided_by: UUID | None
    decided_at: AwareDatetime | None
    why: str
    one: SideOut
    other: SideOut


class DuplicateCounts(BaseModel):
    """How many pairs you may see, by what was decided about them."""

    open: int
    later: int
    merged: int
    distinct: int


class DecisionIn(Request):
    """What somebody decides about a pair. `merge`: `survivor_id` goes on for both."""

    decision: Literal["merge", "distinct", "later"]
    survivor_id: UUID | None = None
    """Which of the two goes on; the first of the pair, unless it is said."""
    take: tuple[LeadField | CustomerField | ContactField, ...] = ()
    why: Line = ""


class MergeIn(Request):
    """Let one record go on for another one as well."""

    other_id: UUID
    preview: bool = False
    """Only show what would come of it."""
    why: Line = ""


class LeadMergeIn(MergeIn):
    """Let this lead go on for the other one as well."""

    take: tuple[LeadField, ...] = Field(default=(), max_length=20)
    """Fields in which the other's value holds; what this one lacks it takes anyway."""


class CustomerMergeIn(MergeIn):
    """Let this customer go on for the other one as well."""

    take: tuple[CustomerField, ...] = Field(default=(), max_length=20)


class ContactMergeIn(MergeIn):
    """Let this contact go on for the other one as well; `roles` are those for each organisation."""

    take: tuple[ContactField, ...] = Field(default=(), max_length=20)


class UnmergeIn(Request):
    """Make a merged record one of its own again."""

    why: Line = ""


class ChoiceOut(BaseModel):
    """One field of both records, and what the one that goes on says."""

    field: str
    mine: JsonValue
    theirs: JsonValue
    result: JsonValue


class MergeOut(BaseModel):
    """Two records side by side, before they are one."""

    survivor_id: UUID
    merged_id: UUID
    preview: bool
    masked: bool
    fields: list[ChoiceOut]
