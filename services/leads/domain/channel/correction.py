"""A mapping that was wrong for a while: what a submission was taken to say, and what it meant.

The lead is corrected by three-way comparison: where it still says what the submission was taken to
say, it now says what was meant; what others have said or written since stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.leads.domain.capture import Effect, revise
from services.leads.domain.identity import keys_of
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Events, Lead
from services.leads.domain.person import Person
from services.leads.domain.scoring import Scoring, Signal
from shared.contracts.leads import LeadFacts

T = TypeVar("T")
_CORRECTED = (
    "source",
    "origin",
    "campaign",
    "company_name",
    "region",
    "industry",
    "product_id",
    "credit_code",
)


@dataclass(frozen=True, kw_only=True)
class Misread:
    """A submission that is part of a lead, as it was read then and as it is read now."""

    said: Reading
    meant: Reading
    effect: Effect

    @property
    def is_same(self) -> bool:
        """It was read rightly then."""
        return self.said == self.meant

    @property
    def is_of_another(self) -> bool:
        """It joined its lead by a key that it never had, so it is a lead of somebody else."""
        was, now = _keys(self.said), _keys(self.meant)
        return self.effect == "duplicate" and bool(now) and was.isdisjoint(now)


def correct_all(
    leads: Mapping[UUID, Lead],
    misread: Sequence[tuple[UUID, Misread]],
    *,
    scoring: Scoring,
    now: datetime,
) -> dict[UUID, tuple[Lead, Events]]:
    """What happens to each lead when all that was misread about it is put right, in this order."""
    changes: dict[UUID, tuple[Lead, Events]] = {}
    for lead_id, each in misread:
        if lead_id not in leads:
            continue
        lead, before = changes.get(lead_id, (leads[lead_id], ()))
        meant = taken_out(each) if each.is_of_another else each
        lead, events = correct(lead, meant, scoring=scoring, now=now)
        if events:
            changes[lead_id] = (lead, before + events)
    return changes


def correct(
    lead: Lead, misread: Misread, *, scoring: Scoring, now: datetime
) -> tuple[Lead, Events]:
    """The lead, saying what was meant wherever it still said what was misread."""
    said, meant = misread.said, misread.meant
    facts = _facts(lead.facts, said.facts, meant.facts)
    is_renamed = facts.company_name != lead.facts.company_name
    reading = Reading(
        facts=facts,
        person=_person(lead.person, said.person, meant.person),
        attributes=_attributes(lead.attributes, said.attributes, meant.attributes),
        company_key=meant.company_key if is_renamed else lead.company_key,
    )
    return revise(lead, reading, history=lead.history, scoring=scoring, now=now)


def taken_out(misread: Misread) -> Misread:
    """The same submission when it says nothing about this lead at all."""
    facts = LeadFacts(channel=misread.said.facts.channel)
    nothing = Reading(facts=facts, person=Person(), attributes={}, company_key="")
    return replace(misread, meant=nothing)


def _facts(held: LeadFacts, said: LeadFacts, meant: LeadFacts) -> LeadFacts:
    """A wish not to be contacted is never taken back by a correction: others may have said it too."""
    corrected = {
        name: _meant(getattr(held, name), getattr(said, name), getattr(meant, name))
        for name in _CORRECTED
    }
    return held.model_copy(
        update={
            **corrected,
            "external": _meant(held.external, said.external, meant.external),
            "do_not_email": held.do_not_email or meant.do_not_email,
            "do_not_call": held.do_not_call or meant.do_not_call,
        }
    )


def _person(held: Person, said: Person, meant: Person) -> Person:
    return Person(
        name=_meant(held.name, said.name, meant.name),
        phone=_meant(held.phone, said.phone, meant.phone),
        mail=_meant(held.mail, said.mail, meant.mail),
        address=_meant(held.address, said.address, meant.address),
        notes=_meant(held.notes, said.notes, meant.notes),
    )


def _attributes(
    held: Mapping[str, Signal], said: Mapping[str, Signal], meant: Mapping[str, Signal]
) -> dict[str, Signal]:
    kept = {name: value for name, value in held.items() if said.get(name) != value}
    return {**meant, **kept}


def _meant(held: T, said: T, meant: T) -> T:
    return meant if held == said or not held else held


def _keys(reading: Reading) -> frozenset[object]:
    return frozenset(keys_of(reading.facts.external, reading.person))
