"""Deals whose conversion is undone: they go, unless something has happened to them."""

from datetime import date, datetime
from uuid import UUID

from services.opportunities.domain.deal import Deal, Decision
from shared.aggregate import advance
from shared.contracts.opportunities import HappenedSince, OpportunityKept, OpportunityWithdrawn


def withdraw(
    deal: Deal,
    *,
    lead_id: UUID,
    worked_on: bool,
    handed_on: bool,
    by: UUID | None,
    today: date,
    now: datetime,
) -> Decision:
    """The deal counts nowhere any more; one to which something has happened stays, and says what."""
    reasons = _happened(deal, worked_on=worked_on, handed_on=handed_on)
    if reasons:
        kept = OpportunityKept(
            opportunity_id=deal.id, lead_id=lead_id, reasons=reasons, kept_at=now
        )
        return advance(deal, kept)
    return advance(
        deal,
        OpportunityWithdrawn(
            opportunity_id=deal.id,
            lead_id=lead_id,
            withdrawn_on=today,
            withdrawn_by=by,
            withdrawn_at=now,
        ),
        status="withdrawn",
        closed_on=today,
        probability=0.0,
        next_step="",
        next_step_on=None,
    )


def _happened(deal: Deal, *, worked_on: bool, handed_on: bool) -> tuple[HappenedSince, ...]:
    found: dict[HappenedSince, bool] = {
        "changed": deal.sequence > 1,
        "worked_on": worked_on,
        "handed_on": handed_on,
    }
    return tuple(what for what, happened in found.items() if happened)
