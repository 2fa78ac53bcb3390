"""Leads and what they are made of; tests name only what they are about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.leads.domain import company, phone
from services.leads.domain.capture import Arrival, Placing
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Lead
from services.leads.domain.person import Person
from services.leads.domain.scoring import Rule, Scoring, ScoringRules, Thresholds
from shared.contracts.base import ExternalId, SubjectKind
from shared.contracts.leads import LeadFacts
from shared.contracts.opportunities import OwnershipAssigned, PersonDefined, UnitDefined
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
