"""Leads and what they are made of; tests name only what they are about."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4

from services.leads.domain import company, phone
from services.leads.domain.capture import Arrival, Placing
from services.leads.domain.contact import Contact
from services.leads.domain.customer import Customer
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Lead
from services.leads.domain.person import Person
from services.leads.domain.scoring import Rule, Scoring, ScoringRules, Thresholds
from shared.contracts.base import Event, ExternalId, SubjectKind
from shared.contracts.leads import CustomerFacts, LeadFacts
from shared.contracts.opportunities import (
    DealFacts,
    HappenedSince,
    OpportunityKept,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    PersonDefined,
    UnitDefined,
)
from shared.ids import ownership_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNIT = UUID("00000000-0000-8000-8000-000000000001")


def scoring(
    *rules: Rule, a: float = 60, b: float = 30, version: int = 1, **settings: float
) -> Scoring:
    """Scoring rules; without any, every lead scores 0."""
    policy = ScoringRules(rules=rules, thresholds=Thresholds(a=a, b=b), **settings)
    return Scoring(version=version, rules=policy)


def rule(name: str, *, when: str = "true", points: float, group: str = "fit") -> Rule:
    """One scoring rule."""
    return Rule.model_validate({"name": name, "when": when, "points": points, "group": group})


def person(*, name: str = "", mobile: str = "", mail: str = "", notes: str = "") -> Person:
    """Somebody; `mobile` is any number."""
    return Person(name=name, phone=phone.parse(mobile) if mobile else None, mail=mail, notes=notes)


def reading(
    *,
    company_name: str = "",
    external: str = "",
    attributes: dict[str, str | float | bool] | None = None,
    channel: str = "website",
    source: str = "",
    mobile: str = "",
    mail: str = "",
    name: str = "",
    **facts: Any,
) -> Reading:
    """What a telling comes down to."""
    return Reading(
        facts=LeadFacts(
            channel=channel,
            source=source,
            company_name=company_name,
            external=ExternalId(system="crm", id=external) if external else None,
            **facts,
        ),
        person=person(name=name, mobile=mobile, mail=mail),
        attributes=attributes or {},
        company_key=company.parse(company_name).key,
    )


def arrival(read: Reading | None = None, **changes: Any) -> Arrival:
    """A submission on its way in."""
    settings: dict[str, Any] = {
        "lead_id": uuid4(),
        "submission_id": uuid4(),
        "reading": read or reading(name="李雷"),
        "placing": Placing(unit_id=UNIT, assign_on="capture"),
        "captured_at": NOW,
    }
    return Arrival(**(settings | changes))


def lead(**changes: Any) -> Lead:
    """A lead that was captured just now."""
    settings: dict[str, Any] = {
        "id": uuid4(),
        "sequence": 2,
        "facts": LeadFacts(channel="website", company_name="Acme"),
        "person": Person(name="李雷"),
        "company_key": "acme",
        "unit_id": UNIT,
        "captured_at": NOW,
        "touched_at": NOW,
        "rules_version": 1,
    }
    return Lead(**(settings | changes))


def customer(name: str = "Acme", **changes: Any) -> Customer:
    """An organisation that was registered just now."""
    settings: dict[str, Any] = {
        "id": uuid4(),
        "sequence": 1,
        "facts": CustomerFacts(name=name),
        "company_key": company.parse(name).key,
        "unit_id": UNIT,
        "registered_at": NOW,
    }
    return Customer(**(settings | changes))


def contact(*, customer_id: UUID, **changes: Any) -> Contact:
    """Somebody who speaks for a customer."""
    settings: dict[str, Any] = {
        "id": uuid4(),
        "sequence": 1,
        "customer_id": customer_id,
        "roles": {customer_id: ""},
        "person": Person(name="李雷"),
        "unit_id": UNIT,
        "added_at": NOW,
    }
    return Contact(**(settings | changes))


def unit(name: str, *, unit_id: UUID | None = None, kind: str = "team") -> UnitDefined:
    """A unit right below the enterprise, or the enterprise itself."""
    return UnitDefined.model_validate(
        {
            "unit_id": unit_id or uuid4(),
            "name": name,
            "kind": kind,
            "parent_id": None if unit_id == UNIT else UNIT,
        }
    )


def staff(name: str, *, unit_id: UUID, role: str = "seller") -> PersonDefined:
    """Somebody who works here."""
    return PersonDefined.model_validate(
        {
            "person_id": uuid4(),
            "username": name.lower(),
            "name": name,
            "unit_id": unit_id,
            "roles": [role],
        }
    )


def assigned(
    lead_id: UUID, *, owner_id: UUID, unit_id: UUID, kind: SubjectKind = "lead"
) -> OwnershipAssigned:
    """A lead or a customer has an owner now."""
    return OwnershipAssigned(
        ownership_id=ownership_id(kind, lead_id),
        subject_kind=kind,
        subject_id=lead_id,
        owner_id=owner_id,
        unit_id=unit_id,
        reason="routed",
        assigned_at=NOW,
    )


def deal_facts(customer_id: UUID | None = None) -> DealFacts:
    """A deal that is worth nothing yet."""
    nothing = Decimal(0)
    return DealFacts(customer_id=customer_id, amount=nothing, list_value=nothing, currency="CNY")


def opened(
    deal_id: UUID,
    *,
    lead_id: UUID | None = None,
    customer_id: UUID | None = None,
    owner_id: UUID | None = None,
    unit_id: UUID = UNIT,
) -> OpportunityOpened:
    """A deal is open."""
    return OpportunityOpened(
        opportunity_id=deal_id,
        facts=deal_facts(customer_id),
        lead_id=lead_id,
        pipeline="standard",
        pipeline_version=1,
        stage="初步沟通",
        probability=0.1,
        owner_id=owner_id or uuid4(),
        unit_id=unit_id,
        opened_at=NOW,
    )


def won(deal_id: UUID) -> OpportunityWon:
    """A deal is won."""
    return OpportunityWon(
        opportunity_id=deal_id,
        from_stage="谈判",
        to_stage="赢单",
        amount=Decimal(1),
        currency="CNY",
        reason="price",
        closed_on=date(2026, 3, 2),
        closed_by=uuid4(),
        closed_at=NOW,
    )


def withdrawn(deal_id: UUID, *, lead_id: UUID) -> OpportunityWithdrawn:
    """A deal went with the conversion it had come of."""
    return OpportunityWithdrawn(
        opportunity_id=deal_id,
        lead_id=lead_id,
        withdrawn_on=date(2026, 3, 2),
        withdrawn_by=None,
        withdrawn_at=NOW,
    )


def kept(deal_id: UUID, *reasons: HappenedSince, lead_id: UUID) -> OpportunityKept:
    """A deal stays: something has happened to it."""
    return OpportunityKept(opportunity_id=deal_id, lead_id=lead_id, reasons=reasons, kept_at=NOW)


def lost(deal_id: UUID) -> OpportunityLost:
    """A deal is lost."""
    return OpportunityLost(
        opportunity_id=deal_id,
        from_stage="谈判",
        to_stage="输单",
        reason="price",
        closed_on=date(2026, 3, 2),
        closed_by=uuid4(),
        closed_at=NOW,
    )


def recorded(deal_id: UUID, *, customer_id: UUID, status: Literal["open", "won", "lost"]) -> Event:
    """A deal was taken over from another system."""
    return OpportunityRecorded(
        opportunity_id=deal_id,
        facts=deal_facts(customer_id),
        pipeline="standard",
        pipeline_version=1,
        stage="初步沟通",
        status=status,
        probability=0.1,
        owner_id=uuid4(),
        unit_id=UNIT,
        engaged_on=date(2026, 1, 5),
        closed_on=None if status == "open" else date(2026, 3, 2),
        run_id=uuid4(),
        recorded_at=NOW,
        history=True,
    )
