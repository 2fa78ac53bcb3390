"""Leads as callers send and see them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.leads.domain.bant import Bant
from services.leads.domain.intake import Said, Telling
from services.leads.domain.lead import Outcome, State
from services.leads.domain.learning.model import Factor
from services.leads.domain.scoring import Signal
from services.leads.domain.trail import NOWHERE, Trail
from shared.contracts.base import ExternalId
from shared.contracts.leads import Grade, ScoreReason
from shared.web import Moment, Request


class LeadIn(Telling, Request):
    """A lead as a sender tells it. Something must say who it is: the rest may be blank."""

    trail: Trail = NOWHERE
    """What led them here: UTM parameters, the click, the page."""


class LeadReceipt(BaseModel):
    """What became of a submission. A duplicate discloses no more than that it is known, and where."""

    id: UUID
    """The lead it became, or joined."""
    submission_id: UUID
    duplicate: bool


class LeadPatch(Said, Request):
    """What is to be different; what is not named stays."""

    product_id: UUID | None = None


class LeadLine(BaseModel):
    """A lead in a list. Phone and mail are masked for everybody but its owner."""

    id: UUID
    state: State
    grade: Grade
    score: float
    channel: str
    source: str
    origin: str
    campaign: str
    company_name: str
    region: str
    industry: str
    product_id: UUID | None
    name: str
    phone: str
    mail: str
    masked: bool
    do_not_email: bool
    do_not_call: bool
    unit_id: UUID
    owner_id: UUID | None
    pool_id: UUID | None
    outcome: Outcome | None
    tags: list[str]
    captured_at: AwareDatetime
    touched_at: AwareDatetime
    touches: int


class LearnedOut(BaseModel):
    """How likely the lead is to be won, as learned from leads that have come to an end."""

    probability: float
    factors: list[Factor]
    """What moves it most, against an average lead."""
    model_version: int
    cold_start: bool
    """Too few leads had come to an end to rely on it."""


class LeadOut(LeadLine):
    """Everything about one lead."""

    learned: LearnedOut | None = None
    """Beside the score of the rules; nothing while no learned score is in force."""
    sequence: int
    external: ExternalId | None
    credit_code: str
    address: str
    notes: str
    attributes: dict[str, Signal]
    history: bool
    rules_version: int
    score_due_at: AwareDatetime | None
    bant: Bant
    bant_grade: Grade | None
    disqualified_for: str
    customer_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    merged_into: UUID | None
    """The lead that goes on for this one."""
    erased_at: AwareDatetime | None = None
    """Since when nothing is known of its person any more."""


class ScoreOut(BaseModel):
    """One score the lead had, and what it was made of: the points add up to it."""

    score: float
    grade: Grade
    reasons: list[ScoreReason]
    rules_version: int
    scored_at: AwareDatetime


class TouchOut(BaseModel):
    """One time somebody came, and what led them here."""

    submission_id: UUID
    channel: str
    source: str
    origin: str
    campaign: str
    trail: Trail
    consent_version: int | None
    """The version of the channel whose consent text was agreed to."""
    touched_at: AwareDatetime


class LeadFilter(BaseModel):
    """Which leads a list shows; newest first."""

    state: State | None = None
    grade: Grade | None = None
    channel: str | None = None
    source: str | None = None
    owner_id: UUID | None = None
    unit_id: UUID | None = None
    captured_from: Moment | None = None
    captured_before: Moment | None = None
    tag: str | None = None
    held_by: Literal["owner", "pool", "nobody"] | None = None
    """Whose it is: a person's, a pool's, or, until policy gives it to one of them, only a unit's."""
