"""Leads that come back: given up or lost before, worked on again."""

from datetime import datetime
from uuid import UUID

from services.leads.domain.lead import Events, Lead, judge
from services.leads.domain.refusals import AlreadyConverted, NotOver, WithdrawnWithItsImport
from services.leads.domain.returning import ACTED_AGAIN, ReturnPolicy
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import LeadReopened


def reopen(
    lead: Lead, *, reason: str, by: UUID | None, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """Work on it again, from the beginning; how it ended is in what is said. History it is no more."""
    if lead.state == "converted":
        raise AlreadyConverted(
            lead_id=lead.id,
            customer_id=lead.customer_id,
            contact_id=lead.contact_id,
            opportunity_id=lead.opportunity_id,
        )
    if lead.state == "withdrawn":
        raise WithdrawnWithItsImport(lead_id=lead.id)
    if lead.state not in ("disqualified", "closed"):
        raise NotOver(lead_id=lead.id, state=lead.state)
    reopened = LeadReopened(
        lead_id=lead.id,
        reason=reason,
        ended_as=lead.state,
        ended_for=lead.disqualified_for or lead.outcome or "",
        ended_at=lead.ended_at,
        reopened_by=by,
        reopened_at=now,
    )
    lead, events = advance(
        lead,
        reopened,
        state="open",
        disqualified_for="",
        outcome=None,
        ended_at=None,
        history=False,
    )
    return judge(lead, events, scoring=scoring, now=now)


def come_back(
    lead: Lead,
    before: Events,
    *,
    acted_at: datetime,
    policy: ReturnPolicy,
    scoring: Scoring,
    now: datetime,
) -> tuple[Lead, Events]:
    """A lead that acts after its end is opened by that, where policy says so; `before` is the act."""
    if not policy.reopens(lead, acted_at=acted_at):
        return lead, before
    lead, events = reopen(lead, reason=ACTED_AGAIN, by=None, scoring=scoring, now=now)
    return lead, before + events
