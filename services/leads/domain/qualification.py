"""Whether a lead is worth a seller's time: yes, by evidence; no, for a reason; or decided elsewhere."""

from datetime import datetime
from uuid import UUID

from services.leads.domain.bant import Bant, QualificationPolicy, grade
from services.leads.domain.lead import Events, Lead, refuse_if_over
from services.leads.domain.meddic import Meddic
from services.leads.domain.meddic import grade as grade_meddic
from shared.aggregate import advance
from shared.contracts.leads import (
    LeadAssessed,
    LeadDisqualified,
    LeadMeddicAssessed,
    LeadOutcomeRecorded,
    LeadQualified,
    Outcome,
)


def assess(
    lead: Lead, bant: Bant, *, by: UUID | None, policy: QualificationPolicy, now: datetime
) -> tuple[Lead, Events]:
    """Write down the evidence; the lead is qualified once its grade reaches the threshold."""
    refuse_if_over(lead)
    if bant == lead.bant:
        return lead, ()
    reached = grade(bant, policy=policy)
    events: Events = (
        LeadAssessed(
            lead_id=lead.id,
            budget=bant.budget.evidence,
            authority=bant.authority.evidence,
            need=bant.need.evidence,
            timing=bant.timing.evidence,
            grade=reached,
            assessed_by=by,
            assessed_at=now,
        ),
    )
    state = lead.state
    if policy.framework == "bant" and state == "open" and policy.is_reached_by(reached):
        state = "qualified"
        events += (LeadQualified(lead_id=lead.id, grade=reached, qualified_at=now),)
    lead, _ = advance(lead, *events, bant=bant, bant_grade=reached, state=state)
    return lead, events


def assess_meddic(
    lead: Lead,
    known: Meddic,
    meddic: Meddic,
    *,
    by: UUID | None,
    policy: QualificationPolicy,
    now: datetime,
) -> tuple[Lead, Events]:
    """The same by the six criteria of MEDDIC, of which `known` were written down before."""
    refuse_if_over(lead)
    if meddic == known:
        return lead, ()
    reached = grade_meddic(meddic, policy=policy.meddic)
    events: Events = (
        LeadMeddicAssessed(
            lead_id=lead.id,
            metrics=meddic.metrics.evidence,
            economic_buyer=meddic.economic_buyer.evidence,
            decision_criteria=meddic.decision_criteria.evidence,
            decision_process=meddic.decision_process.evidence,
            identified_pain=meddic.identified_pain.evidence,
            champion=meddic.champion.evidence,
            grade=reached,
            assessed_by=by,
            assessed_at=now,
        ),
    )
    state = lead.state
    if policy.framework == "meddic" and state == "open" and policy.is_reached_by(reached):
        state = "qualified"
        events += (LeadQualified(lead_id=lead.id, grade=reached, qualified_at=now),)
    lead, _ = advance(lead, *events, state=state)
    return lead, events


def disqualify(lead: Lead, *, reason: str, by: UUID | None, now: datetime) -> tuple[Lead, Events]:
    """Give the lead up, for a reason that can be counted."""
    refuse_if_over(lead)
    disqualified = LeadDisqualified(
        lead_id=lead.id, reason=reason, disqualified_by=by, disqualified_at=now
    )
    lead, events = advance(
        lead,
        disqualified,
        state="disqualified",
        disqualified_for=reason,
        ended_at=now,
        score_due_at=None,
    )
    return lead, events


def record_outcome(
    lead: Lead, outcome: Outcome, *, history: bool = False, now: datetime
) -> tuple[Lead, Events]:
    """Note what another system decided; saying it again says nothing."""
    if outcome == lead.outcome:
        return lead, ()
    recorded = LeadOutcomeRecorded(
        lead_id=lead.id, outcome=outcome, recorded_at=now, history=history
    )
    state = lead.state if lead.state == "converted" else "closed"
    lead, events = advance(
        lead, recorded, outcome=outcome, state=state, ended_at=now, score_due_at=None
    )
    return lead, events
