"""A lead: somebody who may become a customer, from the first touch to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.leads.domain import scoring as judging
from services.leads.domain.bant import Bant
from services.leads.domain.person import Person
from services.leads.domain.refusals import AlreadyConverted, LeadIsOver
from services.leads.domain.scoring import Scoring, Signal
from shared.aggregate import advance
from shared.contracts.leads import AnyLeadEvent, Grade, LeadFacts, LeadScored

State = Literal["open", "qualified", "converted", "disqualified", "closed", "merged", "withdrawn"]
"""`closed`: another system had decided what became of it before it came here. `merged`: it turned
out to be another lead, which goes on for both. `withdrawn`: the import that brought it was undone."""

Outcome = Literal["converted", "not_converted", "won", "lost"]
"""What became of it: first whether a customer came of it, then what became of the deal."""

Events = tuple[AnyLeadEvent, ...]


@dataclass(frozen=True, kw_only=True)
class Lead:
    """What is known of one lead. Owner and unit follow what `opportunities` decides."""

    id: UUID
    sequence: int = 0
    state: State = "open"
    facts: LeadFacts
    person: Person
    attributes: Mapping[str, Signal] = field(default_factory=dict)
    company_key: str = ""
    unit_id: UUID
    owner_id: UUID | None = None
    history: bool = False
    captured_at: datetime
    touched_at: datetime
    touches: int = 1
    score: float = 0
    grade: Grade = "C"
    rules_version: int = 0
    score_due_at: datetime | None = None
    bant: Bant = field(default_factory=Bant)
    bant_grade: Grade | None = None
    disqualified_for: str = ""
    ended_at: datetime | None = None
    """When it was given up or closed; nothing while it is worked on."""
    outcome: Outcome | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    opportunity_id: UUID | None = None
    is_erased: bool = False
    """Its person was erased; what is left belongs to nobody in particular."""

    @property
    def is_alive(self) -> bool:
        """True while somebody may still work on it."""
        return self.state in ("open", "qualified")

    @property
    def signals(self) -> dict[str, Signal | Mapping[str, Signal]]:
        """What scoring rules may ask about."""
        facts, phone = self.facts, self.person.phone
        return {
            "channel": facts.channel,
            "source": facts.source,
            "origin": facts.origin,
            "campaign": facts.campaign,
            "company_name": facts.company_name,
            "region": facts.region,
            "industry": facts.industry,
            "has_mobile": phone is not None and phone.is_personal,
            "has_phone": phone is not None,
            "has_mail": bool(self.person.mail),
            "do_not_email": facts.do_not_email,
            "do_not_call": facts.do_not_call,
            "touches": float(self.touches),
            "attributes": self.attributes,
        }


def judge(
    lead: Lead, before: Events = (), *, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """Score the lead as of `now`; `before` are events of the same act. The same score says nothing."""
    verdict = judging.score(lead.signals, touched_at=lead.touched_at, scoring=scoring, now=now)
    due_at = verdict.due_at if lead.is_alive else None
    was = (lead.score, lead.grade, lead.rules_version)
    if was == (verdict.score, verdict.grade, verdict.rules_version):
        return replace(lead, score_due_at=due_at), before
    scored = LeadScored(
        lead_id=lead.id,
        score=verdict.score,
        grade=verdict.grade,
        reasons=verdict.reasons,
        rules_version=verdict.rules_version,
        scored_at=now,
        history=lead.history,
    )
    lead, events = advance(
        lead,
        scored,
        score=verdict.score,
        grade=verdict.grade,
        rules_version=verdict.rules_version,
        score_due_at=due_at,
    )
    return lead, (*before, *events)


def refuse_if_over(lead: Lead) -> None:
    """Say why nothing more can be done with a lead that has come to its end."""
    if lead.state == "converted":
        raise AlreadyConverted(
            lead_id=lead.id,
            customer_id=lead.customer_id,
            contact_id=lead.contact_id,
            opportunity_id=lead.opportunity_id,
        )
    if not lead.is_alive:
        raise LeadIsOver(lead_id=lead.id, state=lead.state)
