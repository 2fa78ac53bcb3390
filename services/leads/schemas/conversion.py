"""Conversions as callers ask for them and see them."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.leads.domain.conversion import DealTerms, Wish
from services.leads.domain.intake import Line
from services.leads.domain.undoing import State
from shared.contracts.base import Currency
from shared.web import Day, Request
from shared.web.problems import Problem


class DealIn(Request):
    """The deal that the conversion is to open."""

    amount: Annotated[Decimal, Field(strict=False, ge=0, max_digits=18, decimal_places=2)] = (
        Decimal(0)
    )
    currency: Currency | None = None
    """Without it, what policy carries over, else CNY."""
    product_id: UUID | None = None
    expected_close_on: Day | None = None


class ConversionIn(Request):
    """What is to come of the lead; without `customer_id` the company name decides the customer."""

    deal: DealIn | None = None
    customer_id: UUID | None = None
    customer_name: Line = ""

    @property
    def wish(self) -> Wish:
        """The same in the domain's words."""
        terms = DealTerms(**self.deal.model_dump()) if self.deal else None
        return Wish(deal=terms, customer_id=self.customer_id, customer_name=self.customer_name)


class ConversionsIn(Request):
    """Leads that are to be converted, each with its own company name and, if wanted, a deal."""

    lead_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]
    with_deals: bool = False

    @property
    def wish(self) -> Wish:
        """What is wished for each of them."""
        return Wish(deal=DealTerms() if self.with_deals else None)


class ConversionOut(BaseModel):
    """What came of the lead."""

    lead_id: Annotated[UUID, Field(validation_alias="id")]
    customer_id: UUID
    contact_id: UUID | None
    opportunity_id: UUID | None


class UndoIn(Request):
    """Why a conversion is taken back."""

    why: Line = ""


class StandingOut(BaseModel):
    """What a conversion made, and whether it stands."""

    lead_id: UUID
    state: State
    """`recalled`: whether the deal may go is just being looked at; `kept`: it may not."""
    kept_for: tuple[str, ...]
    """What had happened to the deal: `changed`, `worked_on`, `handed_on`."""
    customer_id: UUID
    made_customer: bool
    contact_id: UUID | None
    made_contact: bool
    opportunity_id: UUID | None
    converted_at: AwareDatetime
    undo_until: AwareDatetime


class ConversionLine(BaseModel):
    """What came of one lead of many: its conversion, or why there is none."""

    lead_id: UUID
    converted: ConversionOut | None = None
    problem: Problem | None = None


class ConversionsOut(BaseModel):
    """What came of each, in the order asked for."""

    converted: int
    refused: int
    results: tuple[ConversionLine, ...]
