"""Turning a lead into a customer, perhaps with a deal, by policy and in one act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.leads.domain.lead import Events, Lead, refuse_if_over
from services.leads.domain.privacy import parted
from services.leads.domain.refusals import DealRuledOut, NotQualifiedYet, NotRegisteredYet
from services.leads.domain.scoring import Signal
from shared.aggregate import advance
from shared.contracts.base import Currency
from shared.contracts.leads import CustomerFacts, DealWanted, LeadConverted

_ATTRIBUTES = "customer.attributes."
_CONTACT_ATTRIBUTES = "contact.attributes."
_DEAL_ATTRIBUTES = "deal.attributes."
_TOO_MUCH = Decimal(10) ** 16
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


Target = Annotated[
    str,
    StringConstraints(
        pattern=r"^(customer\.(level|parent_name)|contact\.role"
        r"|deal\.(amount|currency|expected_close_on)"
        r"|(customer|contact|deal)\.attributes\.[\w.-]{1,100})$"
    ),
]


class Carried(BaseModel):
    """One attribute of the lead, and where it goes when the lead is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    to: Target


class ConversionPolicy(BaseModel):
    """Who may convert, whether a deal comes of it, and whose it will be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trigger: Literal["seller", "qualified", "registered"] = "seller"
    """`qualified`: a lead is converted by itself when it qualifies, and not before. `registered`: when
    a registration (报备) of it protects."""
    opportunity: Literal["ask", "always", "never", "unless_open"] = "ask"
    """`unless_open`: always, but none beside a deal of the same customer that is still open."""
    owner: Literal["keep", "reassign"] = "keep"
    carry: tuple[Carried, ...] = ()
    """What else of the lead goes over, besides its company, industry, region, product and source."""
    undo_hours: Annotated[int, Field(ge=0, le=24 * 90)] = 24
    """For so long a conversion can be undone."""


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
    currency: Currency | None = None
    product_id: UUID | None = None
    expected_close_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What whoever converts asks for: a deal or none, and which customer it should be."""

    deal: DealTerms | None = None
    customer_id: UUID | None = None
    customer_name: str = ""


def deal_wanted(
    lead: Lead,
    wish: Wish,
    *,
    opportunity_id: UUID,
    policy: ConversionPolicy,
    has_open_deal: bool = False,
) -> DealWanted | None:
    """The deal that comes of the conversion, attached to where the lead came from."""
    if not _opens_deal(lead, wish, policy=policy, has_open_deal=has_open_deal):
        return None
    terms = wish.deal or DealTerms()
    over = carried(lead, policy=policy)
    return DealWanted(
        opportunity_id=opportunity_id,
        amount=terms.amount or _amount(over.get("deal.amount", 0)),
        currency=terms.currency or _currency(over.get("deal.currency", "")),
        product_id=terms.product_id or lead.facts.product_id,
        expected_close_on=terms.expected_close_on or _day(over.get("deal.expected_close_on", "")),
        source=lead.facts.source,
        attributes=_published(lead, policy=policy),
    )


def _published(lead: Lead, *, policy: ConversionPolicy) -> dict[str, Signal]:
    """Custom fields of the deal. They travel in an event, so none that tells who somebody is goes."""
    plain, _ = parted(lead.attributes)
    over = carried(replace(lead, attributes=plain), policy=policy)
    told, _ = parted(_below(_DEAL_ATTRIBUTES, over))
    return told


def _opens_deal(lead: Lead, wish: Wish, *, policy: ConversionPolicy, has_open_deal: bool) -> bool:
    match policy.opportunity:
        case "ask":
            return wish.deal is not None
        case "always":
            return True
        case "never":
            if wish.deal is not None:
                raise DealRuledOut(lead_id=lead.id)
            return False
        case "unless_open":
            return not has_open_deal
        case _:
            assert_never(policy.opportunity)


def carried(lead: Lead, *, policy: ConversionPolicy) -> dict[str, Signal]:
    """What policy wants carried over and the lead has, by where it goes."""
    return {
        each.to: lead.attributes[each.attribute]
        for each in policy.carry
        if lead.attributes.get(each.attribute) not in (None, "")
    }


def customer_from(lead: Lead, *, name: str, policy: ConversionPolicy) -> CustomerFacts:
    """What is known of the customer that the lead becomes."""
    over = carried(lead, policy=policy)
    return CustomerFacts(
        name=name,
        industry=lead.facts.industry,
        region=lead.facts.region,
        credit_code=lead.facts.credit_code,
        level=_line(over.get("customer.level", "")),
        parent_name=_line(over.get("customer.parent_name", "")),
    )


def attributes_from(lead: Lead, *, policy: ConversionPolicy) -> dict[str, Signal]:
    """The lead's attributes that its customer keeps, under the names that policy gives them."""
    return _below(_ATTRIBUTES, carried(lead, policy=policy))


def contact_from(lead: Lead, *, policy: ConversionPolicy) -> tuple[str, dict[str, Signal]]:
    """What the lead's person is for the customer, and the attributes that the contact keeps."""
    over = carried(lead, policy=policy)
    return _line(over.get("contact.role", "")), _below(_CONTACT_ATTRIBUTES, over)


def _below(prefix: str, over: Mapping[str, Signal]) -> dict[str, Signal]:
    return {
        target.removeprefix(prefix): value
        for target, value in over.items()
        if target.startswith(prefix)
    }


def _line(value: Signal) -> str:
    return format(value, "g") if isinstance(value, float) else str(value)[:200]


def _amount(named: Signal) -> Decimal:
    """An amount that the lead named; what is no amount counts as none named."""
    try:
        amount = Decimal(str(named))
    except InvalidOperation:
        return Decimal(0)
    fits = amount.is_finite() and 0 <= amount < _TOO_MUCH
    return amount.quantize(Decimal("0.01")) if fits else Decimal(0)


def _currency(named: Signal) -> Currency:
    """A currency that the lead named, else our own."""
    code = str(named).strip().upper()
    return code if _CURRENCY.fullmatch(code) else "CNY"


def _day(named: Signal) -> date | None:
    """A day that the lead named; what is no day counts as none named."""
    try:
        return date.fromisoformat(str(named))
    except ValueError:
        return None


def convert(
    lead: Lead,
    *,
    customer_id: UUID,
    contact_id: UUID | None,
    deal: DealWanted | None,
    policy: ConversionPolicy,
    by: UUID | None,
    history: bool = False,
    is_registered: bool = False,
    now: datetime,
) -> tuple[Lead, Events]:
    """The lead is over: a customer came of it."""
    refuse_unless_convertible(lead, policy=policy, is_registered=is_registered)
    converted = LeadConverted(
        lead_id=lead.id,
        customer_id=customer_id,
        contact_id=contact_id,
        deal=deal,
        owner=policy.owner,
        converted_by=by,
        converted_at=now,
        history=history,
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


def refuse_unless_convertible(
    lead: Lead, *, policy: ConversionPolicy, is_registered: bool = False
) -> None:
    """Say why this lead cannot become a customer now."""
    refuse_if_over(lead)
    if policy.trigger == "qualified" and lead.state != "qualified":
        raise NotQualifiedYet(lead_id=lead.id)
    if policy.trigger == "registered" and not is_registered:
        raise NotRegisteredYet(lead_id=lead.id)
