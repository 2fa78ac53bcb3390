"""What the tests of notifications are about, built by naming only what matters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.notifications.domain.follow_up import FollowUp
from services.notifications.domain.notice import Cause
from services.notifications.wording import Told
from shared.contracts.base import SubjectKind
from shared.contracts.leads import LeadCaptured, LeadConverted, LeadFacts
from shared.contracts.opportunities import (
    ActivityLogged,
    DealFacts,
    OpportunityOpened,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
    PersonDefined,
    UnitDefined,
)
from shared.ids import ownership_id

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in Shanghai."""

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def follow_up(**named: Any) -> FollowUp:
    """A lead that was assigned at `NOW` and has to be acted on within the hour."""
    told: dict[str, Any] = {
        "subject_kind": "lead",
        "subject_id": uuid4(),
        "unit_id": uuid4(),
        "owner_id": uuid4(),
        "assigned_at": NOW,
        "respond_by": NOW + HOUR,
    }
    return FollowUp(**{**told, **named})


def cause(**named: Any) -> Cause:
    told: dict[str, Any] = {
        "id": uuid4(),
        "kind": "new_owner",
        "subject_kind": "lead",
        "subject_id": uuid4(),
    }
    return Cause(**{**told, **named})


def told(**named: Any) -> Told:
    known: dict[str, Any] = {
        "kind": "new_owner",
        "language": "zh",
        "subject_kind": "lead",
        "subject_id": uuid4(),
        "company": "远东轴承",
    }
    return Told(**{**known, **named})


def unit(name: str = "华东一队", **named: Any) -> UnitDefined:
    facts: dict[str, Any] = {"unit_id": uuid4(), "name": name, "kind": "team", "parent_id": None}
    return UnitDefined(**{**facts, **named})


def person(name: str, *, unit_id: UUID, **named: Any) -> PersonDefined:
    facts: dict[str, Any] = {
        "person_id": uuid4(),
        "username": name.lower(),
        "name": name,
        "email": f"{name.lower()}@example.com",
        "unit_id": unit_id,
        "roles": ("seller",),
    }
    return PersonDefined(**{**facts, **named})


def lead(company: str = "远东轴承", **named: Any) -> LeadCaptured:
    facts: dict[str, Any] = {
        "lead_id": uuid4(),
        "facts": LeadFacts(channel="web", company_name=company),
        "captured_at": NOW,
    }
    return LeadCaptured(**{**facts, **named})


def assigned(
    owner: PersonDefined, subject_id: UUID, *, kind: SubjectKind = "lead", **named: Any
) -> OwnershipAssigned:
    facts: dict[str, Any] = {
        "ownership_id": ownership_id(kind, subject_id),
        "subject_kind": kind,
        "subject_id": subject_id,
        "owner_id": owner.person_id,
        "unit_id": owner.unit_id,
        "reason": "routed",
        "assigned_at": NOW,
    }
    return OwnershipAssigned(**{**facts, **named})


def pooled(subject_id: UUID, *, unit_id: UUID, **named: Any) -> OwnershipPooled:
    facts: dict[str, Any] = {
        "ownership_id": ownership_id("lead", subject_id),
        "subject_kind": "lead",
        "subject_id": subject_id,
        "pool_id": uuid4(),
        "unit_id": unit_id,
        "reason": "returned",
        "pooled_at": NOW,
    }
    return OwnershipPooled(**{**facts, **named})


def unassigned(subject_id: UUID, *, unit_id: UUID, **named: Any) -> OwnershipUnassigned:
    facts: dict[str, Any] = {
        "ownership_id": ownership_id("lead", subject_id),
        "subject_kind": "lead",
        "subject_id": subject_id,
        "unit_id": unit_id,
        "reasons": ("no_rule_matched",),
        "unassigned_at": NOW,
    }
    return OwnershipUnassigned(**{**facts, **named})


def activity(
    by: PersonDefined, subject_id: UUID, *, kind: SubjectKind = "lead", **named: Any
) -> ActivityLogged:
    facts: dict[str, Any] = {
        "activity_id": uuid4(),
        "subject_kind": kind,
        "subject_id": subject_id,
        "kind": "call",
        "done_by": by.person_id,
        "unit_id": by.unit_id,
        "done_at": NOW,
    }
    return ActivityLogged(**{**facts, **named})


def converted(lead_id: UUID, **named: Any) -> LeadConverted:
    facts: dict[str, Any] = {
        "lead_id": lead_id,
        "customer_id": uuid4(),
        "contact_id": None,
        "deal": None,
        "owner": "keep",
        "converted_by": None,
        "converted_at": NOW,
    }
    return LeadConverted(**{**facts, **named})


def opened(owner: PersonDefined, *, next_step_on: object = None, **named: Any) -> OpportunityOpened:
    worth: dict[str, Any] = {
        "customer_id": uuid4(),
        "amount": "1200000.00",
        "list_value": "1300000.00",
        "currency": "CNY",
        "next_step_on": next_step_on,
    }
    facts: dict[str, Any] = {
        "opportunity_id": uuid4(),
        "facts": DealFacts(**worth),
        "pipeline": "standard",
        "pipeline_version": 1,
        "stage": "初步沟通",
        "probability": 0.1,
        "owner_id": owner.person_id,
        "unit_id": owner.unit_id,
        "opened_at": NOW,
    }
    return OpportunityOpened(**{**facts, **named})


def won(deal: OpportunityOpened, *, by: PersonDefined, **named: Any) -> OpportunityWon:
    facts: dict[str, Any] = {
        "opportunity_id": deal.opportunity_id,
        "from_stage": "谈判",
        "to_stage": "赢单",
        "amount": deal.facts.amount,
        "currency": "CNY",
        "reason": "price",
        "closed_on": NOW.date(),
        "closed_by": by.person_id,
        "closed_at": NOW,
    }
    return OpportunityWon(**{**facts, **named})
