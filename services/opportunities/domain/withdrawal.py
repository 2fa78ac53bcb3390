"""Deals whose conversion or import is undone: they go, unless something has happened to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain.deal import Deal, Decision
from services.opportunities.domain.history import TakenOver
from shared.aggregate import advance
from shared.contracts.opportunities import (
    HappenedSince,
    OpportunityKept,
    OpportunityUnrecorded,
    OpportunityWithdrawn,
)


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
        **_gone(today),
    )


def why_it_stays(deal: Deal, record: TakenOver, *, import_id: UUID, worked_on: bool) -> str:
    """Why a deal cannot go with the import that told of it; nothing when it can."""
    if record.made_by != import_id:
        return "an earlier file made it: take that file in again to have it as it was"
    if record.said_by != import_id:
        return "a later file has changed it"
    if not record.is_still_so(deal):
        return "it has moved on here since it was taken over"
    return "something was done about it: take that back first" if worked_on else ""


def unrecord(deal: Deal, *, import_id: UUID, today: date, now: datetime) -> Decision:
    """The deal goes with the import that made it."""
    return advance(
        deal,
        OpportunityUnrecorded(
            opportunity_id=deal.id,
            history=True,
            run_id=import_id,
            withdrawn_on=today,
            withdrawn_at=now,
        ),
        **_gone(today),
    )


def _gone(today: date) -> dict[str, Any]:
    return {
        "status": "withdrawn",
        "closed_on": today,
        "probability": 0.0,
        "next_step": "",
        "next_step_on": None,
    }


def _happened(deal: Deal, *, worked_on: bool, handed_on: bool) -> tuple[HappenedSince, ...]:
    found: dict[HappenedSince, bool] = {
        "changed": deal.sequence > 1,
        "worked_on": worked_on,
        "handed_on": handed_on,
    }
    return tuple(what for what, happened in found.items() if happened)
