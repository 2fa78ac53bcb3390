"""Requests and responses about who has what, and why."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.opportunities.schemas.fields import Reason
from shared.contracts.base import SubjectKind
from shared.web import Request


class NewOwner(Request):
    """Who shall have it, and why."""

    owner_id: UUID
    reason: Reason


class OwnershipOut(BaseModel):
    """Where one subject stands: with an owner, in a pool, or on the unassigned list."""

    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    unit_id: UUID
    owner_id: UUID | None
    pool_id: UUID | None
    reasons: list[str]
    respond_by: datetime | None
    pass_on_at: datetime | None
    """When it goes to the next candidate, unless its owner accepts it or does something."""
    accepted_at: datetime | None
    responded_at: datetime | None
    """When its present owner first did something."""
    hold_until: datetime | None
    """Its clocks stand still until then."""
    hold_reason: str
    since: datetime
    open: bool
    sequence: int
    created_at: datetime


class Decline(Request):
    """Why it is not for you."""

    reason: Reason


class Declined(BaseModel):
    """What became of a lead that was declined; who has it now is not for you to see."""

    ownership_id: UUID
    assigned: bool
    """Whether somebody else has it; otherwise it waits in a pool or on the unassigned list."""


class LateOut(BaseModel):
    """Something whose owner should have acted by now and has not."""

    ownership_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    owner_id: UUID
    unit_id: UUID
    assigned_at: datetime
    respond_by: datetime
    pass_on_at: datetime | None


ResponsesBy = Literal["unit", "owner", "day"]


class ResponseTimes(BaseModel):
    """Responses that were due in a time, of one unit, owner or day (of the enterprise's calendar)."""

    by: str
    """The unit's or owner's id, or the day."""
    due: int
    in_time: int
    late: int
    """Responded too late, or not at all."""
    median_minutes: float | None
    """From the assignment to the first thing that its owner did, of those who did something."""
    objective: float
    """The share that shall be in time."""
    budget_left: float
    """How many more may be late before the objective is missed; negative when it is."""


class UnassignedOut(OwnershipOut):
    """Something nobody could be given; `reasons` say why, for programs to read."""

    region: str
    industry: str
    source: str


class PooledLead(BaseModel):
    """A lead that waits to be claimed. Whom to contact is shown to whoever claims it."""

    ownership_id: UUID
    lead_id: UUID
    pool: str
    company_name: str
    region: str
    industry: str
    channel: str
    source: str
    score: float
    grade: str
    pooled_at: datetime
    captured_at: datetime


class PooledCustomer(BaseModel):
    """A customer that waits to be claimed."""

    ownership_id: UUID
    customer_id: UUID
    pool: str
    name: str
    region: str
    industry: str
    level: str
    reason: str
    pooled_at: datetime


class PoolOut(BaseModel):
    """A pool, and what one may take from it."""

    name: str
    subject: Literal["lead", "customer"]
    unit_id: UUID
    holding_cap: int
    daily_cap: int
    recycles_after_days: int | None
    policy_version: int


class Claims(Request):
    """What you would like to have."""

    ownership_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]


class Claim(BaseModel):
    """Whether you have it, and if not, why."""

    ownership_id: UUID
    claimed: bool
    problem: str
    """The type of the refusal, as a single claim is answered."""
    detail: str


class Hold(Request):
    """Until when the clocks stand still, and why: a tender, a visit that is agreed on."""

    until: AwareDatetime
    reason: Reason


class ReceiptOut(BaseModel):
    """Why it went to whom: the inputs, every rule tried, every candidate, each exclusion."""

    id: UUID
    ownership_id: UUID
    rules_version: int
    owner_id: UUID | None
    decided_at: datetime
    choice: dict[str, Any]
    """The decision as it was made; it can be made again from this and the rules of its version."""


class Reevaluation(BaseModel):
    """The decision of a receipt, made once more."""

    receipt_id: UUID
    rules_version: int
    owner_id: UUID | None
    same: bool
    """True when the same rules and inputs still lead to the same owner."""
