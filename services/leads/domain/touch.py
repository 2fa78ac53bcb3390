"""Touches: every time somebody came, with what led them here. The first and the last can be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.leads.domain.capture import Arrival, Received
from services.leads.domain.trail import Trail


@dataclass(frozen=True, kw_only=True)
class Touch:
    """One time somebody came."""

    lead_id: UUID
    submission_id: UUID
    channel: str
    source: str
    origin: str
    campaign: str
    trail: Trail
    consent_version: int | None
    touched_at: datetime


def touch_of(arrival: Arrival, received: Received) -> Touch | None:
    """The touch that an arrival was; a correction of what was said before is none."""
    if received.effect not in ("created", "duplicate"):
        return None
    facts = arrival.reading.facts
    return Touch(
        lead_id=received.lead_id,
        submission_id=arrival.submission_id,
        channel=facts.channel,
        source=facts.source,
        origin=facts.origin,
        campaign=facts.campaign,
        trail=arrival.trail,
        consent_version=arrival.consent_version,
        touched_at=arrival.captured_at,
    )


def touches_of(arrivals: Sequence[Arrival], received: Sequence[Received]) -> list[Touch]:
    """The touches among many arrivals."""
    found = [touch_of(arrival, one) for arrival, one in zip(arrivals, received, strict=True)]
    return [touch for touch in found if touch is not None]
