"""Turning a lead into a customer, perhaps with a deal, by policy and in one act."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.leads.domain.lead import Events, Lead, refuse_if_over
from services.leads.domain.refusals import DealRuledOut, NotQualifiedYet
from shared.aggregate import advance
from shared.contracts.base import Currency
from shared.contracts.leads import DealWanted, LeadConverted


class ConversionPolicy(BaseModel):
    """Who may convert, whether a deal comes of it, and whose it will be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trigger: Literal["seller", "qualified"] = "seller"
    """`qualified`: a lead is converted by itself when it qualifies, and not before."""
    opportunity: Literal["ask", "always", "never"] = "ask"
    owner: Literal["keep", "reassign"] = "keep"


class Exemption(BaseModel):
    """Leads for which another policy holds; what is not named does not matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str | None = None
    unit_id: UUID | None = None
    product_id: UUID | None = None
    policy: ConversionPolicy

    def covers(self, lead: Lead) -> bool:
        """True when everything that is named fits the lead."""
        return (
            self.channel in (None, lead.facts.channel)
            and self.unit_id in (None, lead.unit_id)
            and self.product_id in (None, lead.facts.product_id)
        )


class ConversionRules(BaseModel):
    """The policies per unit, channel and product: the first exemption that covers a lead holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: ConversionPolicy = ConversionPolicy()
    exemptions: tuple[Exemption, ...] = ()

    def policy_for(self, lead: Lead) -> ConversionPolicy:
        """What holds for this lead."""
        covering = (exempt.policy for exempt in self.exemptions if exempt.covers(lead))
        return next(covering, self.default)


@dataclass(frozen=True, kw_only=True)
class DealTerms:
    """What whoever converts says about the deal."""

    amount: Decimal = Decimal(0)
    currency: Currency = "CNY"
    product_id: UUID | None = None
    expected_close_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What whoever converts asks for: a deal or none, and which customer it should be."""

    deal: DealTerms | None = None
    customer_id: UUID | None = None
    customer_name: str = ""


def deal_wanted(
    lead: Lead, wish: Wish, *, opportunity_id: UUID, policy: ConversionPolicy
) -> DealWanted | None:
    """The deal that comes of the conversion, attached to where the lead came from."""
    if policy.opportunity == "never" and wish.deal is not None:
        raise DealRuledOut(lead_id=lead.id)
    if policy.opportunity != "always" and wish.deal is None:
        return None
    terms = wish.deal or DealTerms()
    return DealWanted(
        opportunity_id=opportunity_id,
        amount=terms.amount,
        currency=terms.currency,
        product_id=terms.product_id or lead.facts.product_id,
        expected_close_on=terms.expected_close_on,
        source=lead.facts.source,
    )


def convert(
    lead: Lead,
    *,
    customer_id: UUID,
    contact_id: UUID | None,
    deal: DealWanted | None,
    policy: ConversionPolicy,
    by: UUID | None,
    now: datetime,
) -> tuple[Lead, Events]:
    """The lead is over: a customer came of it."""
    refuse_unless_convertible(lead, policy=policy)
    converted = LeadConverted(
        lead_id=lead.id,
        customer_id=customer_id,
        contact_id=contact_id,
        deal=deal,
        owner=policy.owner,
        converted_by=by,
        converted_at=now,
    )
    lead, events = advance(
        lead,
        converted,
        state="converted",
        outcome="converted",
        customer_id=customer_id,
        contact_id=contact_id,
        opportunity_id=deal.opportunity_id if deal else None,
        score_due_at=None,
    )
    return lead, events


def refuse_unless_convertible(lead: Lead, *, policy: ConversionPolicy) -> None:
    """Say why this lead cannot become a customer now."""
    refuse_if_over(lead)
    if policy.trigger == "qualified" and lead.state != "qualified":
        raise NotQualifiedYet(lead_id=lead.id)
