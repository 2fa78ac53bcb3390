"""Requests and responses about deals."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.opportunities.domain.deal import Changes, NextStep, Status
from services.opportunities.domain.parties import Parties
from shared.contracts.base import Currency, ExternalId, Money
from shared.custom_fields import Value
from shared.exports import FileForm
from shared.web import Day, Request

Words = Annotated[str, Field(max_length=2000)]
NextStepText = Annotated[str, Field(min_length=1, max_length=500)]
Amount = Annotated[Money, Field(ge=0)]


FieldName = Annotated[str, Field(min_length=1, max_length=200)]
FieldValue = Annotated[str, Field(max_length=2000)] | bool | float
Attributes = Annotated[dict[FieldName, FieldValue], Field(max_length=100)]
ChangedAttributes = Annotated[dict[FieldName, FieldValue | None], Field(max_length=100)]


class OpenOpportunity(Request):
    """A deal opened by hand, for a customer; its next step is part of it from the start."""

    customer_id: UUID
    """The end customer."""
    buyer_id: UUID | None = None
    """Who orders, an organisation or a person, if it is not the end customer."""
    dealer_id: UUID | None = None
    payer_id: UUID | None = None
    """Who pays, an organisation or a person, if it is not whoever orders."""
    signed_by_id: UUID | None = None
    """The legal entity of ours that signs: a unit of that kind."""
    contact_id: UUID | None = None
    product_id: UUID | None = None
    amount: Amount | None = None
    """Without it, the product's list price."""
    currency: Currency | None = None
    """Without it, the product's currency, else CNY."""
    expected_close_on: Day | None = None
    source: Annotated[str, Field(max_length=200)] = ""
    attributes: Attributes = Field(default_factory=dict)
    """Custom fields, as the pipeline's stages describe them."""
    pipeline: Annotated[str, Field(max_length=60)] = "standard"
    owner_id: UUID | None = None
    """Without it, whoever asks."""
    next_step: NextStepText
    next_step_on: Day

    @property
    def parties(self) -> Parties:
        """Who it is with besides its customer."""
        return Parties(**self.model_dump(include=set(Parties.__annotations__)))


class MoveStage(Request):
    """Where the deal goes, and what comes next there."""

    stage: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Words = ""
    """Needed for a step back."""
    next_step: NextStepText | None = None
    next_step_on: Day | None = None

    def planned(self) -> NextStep:
        """The next step as far as it was sent."""
        planned: NextStep = {}
        if self.next_step is not None:
            planned["next_step"] = self.next_step
        if self.next_step_on is not None:
            planned["next_step_on"] = self.next_step_on
        return planned


class UpdateOpportunity(Request):
    """What is sent is changed, what is left out stays; `stage` moves the deal as its own door does."""

    amount: Amount | None = None
    product_id: UUID | None = None
    contact_id: UUID | None = None
    buyer_id: UUID | None = None
    dealer_id: UUID | None = None
    payer_id: UUID | None = None
    signed_by_id: UUID | None = None
    expected_close_on: Day | None = None
    next_step: NextStepText | None = None
    next_step_on: Day | None = None
    attributes: ChangedAttributes | None = None
    """Custom fields that are to be different; `null` takes one away."""
    stage: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    reason: Words = ""

    @model_validator(mode="after")
    def _needs_values(self) -> "UpdateOpportunity":
        for name in ("amount", "next_step", "next_step_on", "attributes", "stage"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} can be changed, but not taken away")
        return self

    def changes(self) -> Changes:
        """What was sent, but for the move."""
        sent = self.model_dump(include=set(Changes.__annotations__), exclude_unset=True)
        return Changes(**sent)


class CloseOpportunity(Request):
    """How the deal ended: an outcome and a reason are enough."""

    outcome: Literal["won", "lost"]
    reason: Annotated[str, Field(min_length=1, max_length=60)]
    competitor: Annotated[str, Field(max_length=200)] = ""
    closed_on: Day | None = None
    """Without it, today."""
    amount: Amount | None = None
    """Without it, what the deal was worth so far."""


class OpportunityOut(BaseModel):
    """A deal as it stands."""

    id: UUID
    customer_id: UUID | None
    customer_name: str
    """Empty until the customer has been heard of."""
    buyer_id: UUID | None
    dealer_id: UUID | None
    payer_id: UUID | None
    signed_by_id: UUID | None
    contact_id: UUID | None
    lead_id: UUID | None
    product_id: UUID | None
    amount: Money
    list_value: Money
    currency: Currency
    attributes: dict[str, Value]
    source: str
    external: ExternalId | None
    pipeline: str
    pipeline_version: int
    stage: str
    status: Status
    probability: float
    stage_since: date
    owner_id: UUID
    owner_name: str
    unit_id: UUID
    expected_close_on: date | None
    next_step: str
    next_step_on: date | None
    engaged_on: date | None
    closed_on: date | None
    reason: str
    competitor: str
    opened_at: datetime
    last_activity_at: datetime | None
    sequence: int


class TimelineEntry(BaseModel):
    """One thing that happened to a deal, or was done about it; the newest first."""

    at: datetime
    kind: Literal[
        "opened",
        "moved",
        "won",
        "lost",
        "recorded",
        "withdrawn",
        "call",
        "visit",
        "meeting",
        "mail",
        "chat",
        "note",
    ]
    by: UUID | None
    by_name: str
    from_stage: str = ""
    to_stage: str = ""
    text: str = ""
    """The reason of a move, or what was noted of an activity."""
    next_step: str = ""
    next_step_on: date | None = None


class Timeline(BaseModel):
    """Everything that happened to one deal."""

    items: list[TimelineEntry]


class OpportunityFilter(BaseModel):
    """Which deals a list shows; the latest first."""

    stage: Annotated[str | None, Field(max_length=60)] = None
    status: Status | None = None
    owner: UUID | None = None
    unit: UUID | None = None
    pipeline: Annotated[str | None, Field(max_length=60)] = None
    customer: UUID | None = None
    dealer: UUID | None = None


class OpportunityExport(OpportunityFilter):
    """Which deals a file holds, and how it is written."""

    form: Annotated[FileForm, Field(alias="format")] = "csv"
