"""How leads come in: the first time, again, and corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.leads.domain.channel import AssignOn
from services.leads.domain.identity import Newcomer, keys_of
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Events, Lead, judge
from services.leads.domain.qualification import record_outcome
from services.leads.domain.reopening import come_back
from services.leads.domain.returning import ReturnPolicy
from services.leads.domain.scoring import Scoring
from services.leads.domain.trail import NOWHERE, Trail
from shared.aggregate import advance
from shared.contracts.leads import (
    LeadCaptured,
    LeadFacts,
    LeadReopened,
    LeadTouched,
    LeadUpdated,
    Outcome,
)

Effect = Literal["created", "updated", "unchanged", "duplicate"]

_CAPTURED = 1
"""The sequence of a lead's first event."""


@dataclass(frozen=True, kw_only=True)
class Placing:
    """Where a new lead belongs until it has an owner, and when it may get one."""

    unit_id: UUID
    assign_on: AssignOn
    wanted_owner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A submission that was read, on its way to become a lead or to join one."""

    lead_id: UUID
    """The lead it becomes if it is the first of its kind."""
    submission_id: UUID
    reading: Reading
    placing: Placing
    captured_at: datetime
    history: bool = False
    corrects: bool = False
    """A later version of the same record replaces what an earlier one said; a new touch never does."""
    outcome: Outcome | None = None
    trail: Trail = NOWHERE
    consent_version: int | None = None
    """The version of the channel whose consent text was agreed to."""

    @property
    def newcomer(self) -> Newcomer:
        """What it goes by."""
        keys = keys_of(self.reading.facts.external, self.reading.person)
        return Newcomer(id=self.lead_id, keys=keys)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of one arrival."""

    lead_id: UUID
    effect: Effect
    lead: Lead | None = None
    """As it stands afterwards."""


def receive(
    leads: Mapping[UUID, Lead],
    arrivals: Sequence[tuple[UUID, Arrival]],
    *,
    scoring: Scoring,
    returns: ReturnPolicy,
    now: datetime,
) -> tuple[dict[UUID, tuple[Lead, Events]], list[Received]]:
    """What happens to each lead, and to each arrival, when the arrivals join the leads named."""
    changes: dict[UUID, tuple[Lead, Events]] = {}
    outcomes: list[Received] = []
    for lead_id, arrival in arrivals:
        lead, before = changes.get(lead_id, (leads.get(lead_id), ()))
        lead, events, effect = _receive(
            lead_id, lead, arrival, scoring=scoring, returns=returns, now=now
        )
        outcomes.append(Received(lead_id=lead_id, effect=effect, lead=lead))
        if events:
            changes[lead_id] = (lead, before + events)
    return changes, outcomes


def _receive(
    lead_id: UUID,
    lead: Lead | None,
    arrival: Arrival,
    *,
    scoring: Scoring,
    returns: ReturnPolicy,
    now: datetime,
) -> tuple[Lead, Events, Effect]:
    effect: Effect
    if lead is None:
        lead, events = capture(lead_id, arrival, scoring=scoring, now=now)
        effect = "created"
    elif lead.state == "withdrawn":
        lead, events = tell_again(lead, arrival, scoring=scoring, now=now)
        effect = "created"
    elif arrival.corrects and arrival.reading.facts.external == lead.facts.external:
        lead, events = revise(
            lead,
            _completed(arrival.reading, lead),
            history=arrival.history,
            scoring=scoring,
            now=now,
        )
        effect = "updated"
    else:
        lead, events = touch(lead, arrival, scoring=scoring, returns=returns, now=now)
        effect = "duplicate"
    if arrival.outcome is not None:
        lead, more = record_outcome(lead, arrival.outcome, history=arrival.history, now=now)
        events += more
    return lead, events, effect if events else "unchanged"


def capture(
    lead_id: UUID, arrival: Arrival, *, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """A new lead, judged at once. A seller's own find is theirs from the start."""
    reading, placing = arrival.reading, arrival.placing
    new = Lead(
        id=lead_id,
        sequence=_CAPTURED,
        facts=reading.facts,
        person=reading.person,
        attributes=reading.attributes,
        company_key=reading.company_key,
        unit_id=placing.unit_id,
        owner_id=placing.wanted_owner_id,
        history=arrival.history,
        captured_at=arrival.captured_at,
        touched_at=arrival.captured_at,
    )
    lead, scored = judge(new, scoring=scoring, now=now)
    captured = LeadCaptured(
        lead_id=lead_id,
        facts=reading.facts,
        unit_id=placing.unit_id,
        assign_on="never" if arrival.history else placing.assign_on,
        wanted_owner_id=placing.wanted_owner_id,
        score=lead.score,
        grade=lead.grade,
        captured_at=arrival.captured_at,
        history=arrival.history,
        trail=arrival.trail.published,
    )
    return lead, (captured, *scored)


def tell_again(
    lead: Lead, arrival: Arrival, *, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """A lead whose import was undone is here again, as it is told now."""
    reading, history = arrival.reading, arrival.history
    reopened = LeadReopened(
        lead_id=lead.id,
        reason="told_again",
        ended_as="disqualified",
        ended_for=lead.disqualified_for,
        ended_at=lead.ended_at,
        reopened_by=None,
        reopened_at=now,
        history=history,
    )
    updated = LeadUpdated(lead_id=lead.id, facts=reading.facts, updated_at=now, history=history)
    lead, events = advance(
        lead,
        reopened,
        updated,
        state="open",
        disqualified_for="",
        ended_at=None,
        history=history,
        facts=reading.facts,
        person=reading.person,
        attributes=reading.attributes,
        company_key=reading.company_key,
        touched_at=arrival.captured_at,
    )
    return judge(lead, events, scoring=scoring, now=now)


def touch(
    lead: Lead, arrival: Arrival, *, scoring: Scoring, returns: ReturnPolicy, now: datetime
) -> tuple[Lead, Events]:
    """They came again: what was blank is filled, what was known stays, interest is fresh.

    A lead that had come to an end may be worked on again for that; history opens nothing.
    """
    reading, history = arrival.reading, arrival.history
    touched = LeadTouched(
        lead_id=lead.id,
        submission_id=arrival.submission_id,
        channel=reading.facts.channel,
        source=reading.facts.source,
        origin=reading.facts.origin,
        campaign=reading.facts.campaign,
        trail=arrival.trail.published,
        touched_at=arrival.captured_at,
        history=history,
    )
    facts = _filled(lead.facts, reading.facts)
    events: Events = (touched,)
    if facts != lead.facts:
        events += (LeadUpdated(lead_id=lead.id, facts=facts, updated_at=now, history=history),)
    lead, _ = advance(
        lead,
        *events,
        facts=facts,
        person=lead.person.filled_from(reading.person),
        attributes={**lead.attributes, **reading.attributes},
        company_key=lead.company_key or reading.company_key,
        touched_at=max(lead.touched_at, arrival.captured_at),
        touches=lead.touches + 1,
    )
    lead, events = judge(lead, events, scoring=scoring, now=now)
    if history or arrival.outcome is not None:
        return lead, events
    return come_back(
        lead, events, acted_at=arrival.captured_at, policy=returns, scoring=scoring, now=now
    )


def revise(
    lead: Lead, reading: Reading, *, history: bool = False, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """What is known of the lead is now as read; nothing happens when it was so before."""
    revised = replace(
        lead,
        facts=reading.facts,
        person=reading.person,
        attributes=reading.attributes,
        company_key=reading.company_key,
    )
    if revised == lead:
        return lead, ()
    updated = LeadUpdated(lead_id=lead.id, facts=reading.facts, updated_at=now, history=history)
    revised, events = advance(revised, updated)
    return judge(revised, events, scoring=scoring, now=now)


def _filled(facts: LeadFacts, newer: LeadFacts) -> LeadFacts:
    """Blanks are filled; a wish not to be contacted is kept from whenever it was said."""
    return facts.model_copy(
        update={
            "company_name": facts.company_name or newer.company_name,
            "region": facts.region or newer.region,
            "industry": facts.industry or newer.industry,
            "product_id": facts.product_id or newer.product_id,
            "credit_code": facts.credit_code or newer.credit_code,
            "external": facts.external or newer.external,
            "do_not_email": facts.do_not_email or newer.do_not_email,
            "do_not_call": facts.do_not_call or newer.do_not_call,
        }
    )


def _completed(reading: Reading, lead: Lead) -> Reading:
    """A record that leaves something blank does not make us forget it, nor which way the lead came first."""
    facts = _filled(reading.facts, lead.facts)
    return replace(
        reading,
        facts=facts.model_copy(update={"channel": lead.facts.channel}),
        person=reading.person.filled_from(lead.person),
        attributes={**lead.attributes, **reading.attributes},
        company_key=reading.company_key or lead.company_key,
    )
