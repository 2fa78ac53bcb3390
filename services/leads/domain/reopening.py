"""Leads that come back: given up or lost before, worked on again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.leads.domain.lead import Events, Lead, judge
from services.leads.domain.refusals import AlreadyConverted, NotOver
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import LeadReopened


@dataclass(frozen=True, kw_only=True)
class Return:
    """How a lead had ended, and why it came back."""

    lead_id: UUID
    ended_as: Literal["disqualified", "closed"]
    ended_for: str
    reopened_for: str
    reopened_by: UUID | None
    reopened_at: datetime


def reopen(
    lead: Lead, *, reason: str, by: UUID | None, scoring: Scoring, now: datetime
) -> tuple[Lead, Events, Return]:
    """Work on it again, from the beginning; how it ended stays in its history."""
    if lead.state == "converted":
        raise AlreadyConverted(
            lead_id=lead.id,
            customer_id=lead.customer_id,
            contact_id=lead.contact_id,
            opportunity_id=lead.opportunity_id,
        )
    if lead.state not in ("disqualified", "closed"):
        raise NotOver(lead_id=lead.id, state=lead.state)
    back = Return(
        lead_id=lead.id,
        ended_as=lead.state,
        ended_for=lead.disqualified_for or lead.outcome or "",
        reopened_for=reason,
        reopened_by=by,
        reopened_at=now,
    )
    reopened = LeadReopened(
        lead_id=lead.id,
        reason=reason,
        ended_as=back.ended_as,
        ended_for=back.ended_for,
        reopened_by=by,
        reopened_at=now,
    )
    lead, events = advance(lead, reopened, state="open", disqualified_for="", outcome=None)
    lead, all_events = judge(lead, events, scoring=scoring, now=now)
    return lead, all_events, back
