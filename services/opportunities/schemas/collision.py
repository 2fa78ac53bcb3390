"""Requests and responses about registrations and collisions."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.opportunities.domain import collision
from services.opportunities.domain.collision import Outcome
from services.opportunities.domain.registration import State
from services.opportunities.schemas.fields import Reason
from shared.web import Request

Text = Annotated[str, Field(max_length=200)]


class NewRegistration(Request):
    """What you work on: a customer that is known, a company by its name, or a lead; a project, a product line."""

    customer_id: UUID | None = None
    lead_id: UUID | None = None
    """A lead that you may see; its company counts where no other is named."""
    company_name: Text = ""
    project: Text = ""
    product_line: Text = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not (self.customer_id or self.lead_id or self.company_name.strip()):
            raise ValueError("Name the customer, the company or the lead")
        return self


class Decision(Request):
    """Whether it protects although it meets something, and why."""

    approve: bool
    reason: Reason


class Conversion(Request):
    """The deal that came of it."""

    opportunity_id: UUID


class RegistrationOut(BaseModel):
    """Who works on what, and until when nobody else may."""

    id: UUID
    customer_id: UUID | None
    lead_id: UUID | None
    company_name: str
    project: str
    product_line: str
    owner_id: UUID
    unit_id: UUID
    state: State
    meets: int
    """How many deals and registrations of others it met when it was made."""
    protected_until: datetime | None
    extensions: int
    opportunity_id: UUID | None
    decided_by: UUID | None
    decision: str
    registered_at: datetime


class Ruling(Request):
    """Whose it is, and why."""

    outcome: Outcome
    reason: Reason


class Appeal(Request):
    """Why you do not agree."""

    reason: Reason


class CollisionOut(BaseModel):
    """A new deal that meets what somebody else has; of the other side only what you may see."""

    id: UUID
    deal_id: UUID | None
    owner_id: UUID | None
    other_kind: Literal["opportunity", "registration"]
    other_id: UUID | None
    other_owner_id: UUID | None
    customer_id: UUID
    product_line: str
    state: collision.State
    outcome: Outcome | None
    reason: str
    ruled_by: UUID | None
    ruled_at: datetime | None
    appeal: str
    opened_at: datetime


class EvidenceOut(BaseModel):
    """One thing that happened, as evidence: whose it was, where you may see that."""

    at: datetime
    kind: Literal["lead_captured", "activity", "registered", "deal_opened", "customer_assigned"]
    detail: str
    """Of an activity its kind."""
    person_id: UUID | None
    unit_id: UUID | None


class Precedent(BaseModel):
    """How something alike was ruled."""

    collision_id: UUID
    outcome: Outcome
    reason: str
    product_line: str
    region: str
    industry: str
    other_kind: str
    likeness: float
    """The share of what both have in common: product line, kind, region and industry."""
    ruled_at: datetime
