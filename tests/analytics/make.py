"""Events as their producers would announce them: name only what the test is about."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from shared.contracts.base import SubjectKind
from shared.contracts.leads import (
    CustomerFacts,
    CustomerRegistered,
    LeadCaptured,
    LeadFacts,
    LeadOutcomeRecorded,
    LeadQualified,
    LeadTagged,
    LeadUpdated,
)
from shared.contracts.opportunities import (
    ActivityLogged,
    DealFacts,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityStageChanged,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    PersonDefined,
    ProductDefined,
    Role,
    StageEntered,
    UnitDefined,
    UnitKind,
)
from shared.ids import ownership_id
from shared.principals import ROOT_UNIT

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""Ten in the morning of a Monday in Shanghai."""

STAGES = {"talk": 0.1, "needs": 0.3, "offer": 0.6}

_numbers = count(1)


def some_id() -> UUID:
    """An id nobody else has; the same in each run."""
    return uuid5(ROOT_UNIT, str(next(_numbers)))


def days(number: float) -> datetime:
    """So many days after `NOW`."""
    return NOW + timedelta(days=number)


def unit(
    name: str, kind: UnitKind = "team", *, parent: UUID = ROOT_UNIT, **changes: Any
) -> UnitDefined:
    fields: dict[str, Any] = {"unit_id": some_id(), "name": name, "kind": kind, "parent_id": parent}
    return UnitDefined(**(fields | changes))


def person(
    name: str, unit_id: UUID = ROOT_UNIT, *, roles: tuple[Role, ...] = ("seller",), **changes: Any
) -> PersonDefined:
    fields: dict[str, Any] = {
        "person_id": some_id(),
        "username": name.lower(),
        "name": name,
        "unit_id": unit_id,
        "roles": roles,
    }
    return PersonDefined(**(fields | changes))


def product(name: str, price: str = "100") -> ProductDefined:
    return ProductDefined(
        product_id=some_id(), code=name, name=name, list_price=Decimal(price), currency="CNY"
    )


def customer(industry: str = "") -> CustomerRegistered:
    return CustomerRegistered(
        customer_id=some_id(),
        facts=CustomerFacts(name="Acme", industry=industry),
        registered_at=NOW,
    )


def lead(*, at: datetime = NOW, unit_id: UUID | None = None, **facts: Any) -> LeadCaptured:
    return LeadCaptured(
        lead_id=some_id(),
        facts=LeadFacts(channel="web", **facts),
        unit_id=unit_id,
        captured_at=at,
    )


def tagged(captured: LeadCaptured, *tags: str) -> LeadTagged:
    return LeadTagged(
        lead_id=captured.lead_id,
        tags=tags,
        needs=(),
        added=(),
        removed=(),
        tagged_by=None,
        tagged_at=NOW,
    )


def qualified(captured: LeadCaptured, *, at: datetime) -> LeadQualified:
    return LeadQualified(lead_id=captured.lead_id, grade="A", qualified_at=at)


def updated(captured: LeadCaptured, **facts: Any) -> LeadUpdated:
    changed = captured.facts.model_copy(update=facts)
    return LeadUpdated(lead_id=captured.lead_id, facts=changed, updated_at=NOW)


def outcome(captured: LeadCaptured, *, converted: bool, at: datetime = NOW) -> LeadOutcomeRecorded:
    return LeadOutcomeRecorded(
        lead_id=captured.lead_id,
        outcome="converted" if converted else "not_converted",
        recorded_at=at,
        history=True,
    )


def assigned(
    kind: SubjectKind, subject_id: UUID, to: PersonDefined, *, at: datetime = NOW
) -> OwnershipAssigned:
    return OwnershipAssigned(
        ownership_id=ownership_id(kind, subject_id),
        subject_kind=kind,
        subject_id=subject_id,
        owner_id=to.person_id,
        unit_id=to.unit_id,
        reason="routed",
        assigned_at=at,
    )


def pooled(kind: SubjectKind, subject_id: UUID, *, unit_id: UUID, at: datetime) -> OwnershipPooled:
    return OwnershipPooled(
        ownership_id=ownership_id(kind, subject_id),
        subject_kind=kind,
        subject_id=subject_id,
        pool_id=some_id(),
        unit_id=unit_id,
        reason="idle",
        pooled_at=at,
    )


def activity(
    kind: SubjectKind, subject_id: UUID, by: PersonDefined, *, at: datetime
) -> ActivityLogged:
    return ActivityLogged(
        activity_id=some_id(),
        subject_kind=kind,
        subject_id=subject_id,
        kind="call",
        done_by=by.person_id,
        unit_id=by.unit_id,
        done_at=at,
    )


def deal_facts(**changes: Any) -> DealFacts:
    fields: dict[str, Any] = {
        "customer_id": None,
        "amount": Decimal(100),
        "list_value": Decimal(120),
        "currency": "CNY",
    }
    return DealFacts(**(fields | changes))


def recorded(
    owner: PersonDefined,
    status: str = "won",
    *,
    engaged_on: date | None = date(2026, 1, 1),
    closed_on: date | None = None,
    opportunity_id: UUID | None = None,
    pipeline: str = "old",
    lead_id: UUID | None = None,
    path: tuple[StageEntered, ...] = (),
    **facts: Any,
) -> OpportunityRecorded:
    """A deal of another system; one that is over closed on 2026-01-31 unless said otherwise."""
    return OpportunityRecorded(
        opportunity_id=opportunity_id or some_id(),
        facts=deal_facts(**facts),
        lead_id=lead_id,
        pipeline=pipeline,
        pipeline_version=1,
        path=path,
        stage={"won": "Won", "lost": "Lost", "open": "Engaging" if engaged_on else "Prospecting"}[
            status
        ],
        status=status,  # type: ignore[arg-type]  # pydantic checks it
        probability={"won": 1.0, "lost": 0.0, "open": 0.5 if engaged_on else 0.1}[status],
        owner_id=owner.person_id,
        unit_id=owner.unit_id,
        engaged_on=engaged_on,
        closed_on=None if status == "open" else closed_on or date(2026, 1, 31),
        run_id=some_id(),
        recorded_at=NOW,
        history=True,
    )


def opened(
    owner: PersonDefined, *, at: datetime = NOW, lead_id: UUID | None = None, **facts: Any
) -> OpportunityOpened:
    return OpportunityOpened(
        opportunity_id=some_id(),
        facts=deal_facts(**facts),
        lead_id=lead_id,
        pipeline="standard",
        pipeline_version=1,
        stage="talk",
        probability=STAGES["talk"],
        owner_id=owner.person_id,
        unit_id=owner.unit_id,
        opened_at=at,
    )


def moved(
    deal: OpportunityOpened, from_stage: str, to_stage: str, *, at: datetime
) -> OpportunityStageChanged:
    return OpportunityStageChanged(
        opportunity_id=deal.opportunity_id,
        from_stage=from_stage,
        to_stage=to_stage,
        probability=STAGES[to_stage],
        changed_by=deal.owner_id,
        changed_at=at,
    )


def won(
    deal: OpportunityOpened, from_stage: str, *, at: datetime, amount: str = "100"
) -> OpportunityWon:
    return OpportunityWon(
        opportunity_id=deal.opportunity_id,
        from_stage=from_stage,
        to_stage="won",
        amount=Decimal(amount),
        currency="CNY",
        reason="price",
        closed_on=at.date(),
        closed_by=deal.owner_id,
        closed_at=at,
    )


def lost(deal: OpportunityOpened, from_stage: str, *, at: datetime) -> OpportunityLost:
    return OpportunityLost(
        opportunity_id=deal.opportunity_id,
        from_stage=from_stage,
        to_stage="lost",
        reason="price",
        closed_on=at.date(),
        closed_by=deal.owner_id,
        closed_at=at,
    )
