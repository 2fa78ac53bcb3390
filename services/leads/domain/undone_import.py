"""Taking back what an import did to a lead, unless somebody has gone on from there."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import orjson

from services.leads.domain.capture import revise
from services.leads.domain.identity import Key, keys_of
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Events, Lead
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import IMPORT_UNDONE, LeadDisqualified

CAME_ONCE_MORE = "it joined a lead that was here before; that they came once more stays known"
"""The lead stays as it is, except for tags that the import put on."""
_SORTED = orjson.OPT_SORT_KEYS


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What one import did to one lead."""

    before: Lead | None
    """The lead as it was; nothing when the import made it."""
    after: bytes
    """The fingerprint of the lead as the import left it."""
    worked: bool
    """Whether somebody has called, visited or written since."""


def fingerprint(lead: Lead) -> bytes:
    """Equal as long as nobody has changed the lead; its score and its owner may change by themselves."""
    facts, person, phone = lead.facts.__dict__, lead.person, lead.person.phone
    external = lead.facts.external
    held = (
        *((name, value) for name, value in facts.items() if name != "external"),
        external and (external.system, external.id),
        *(lead.state, lead.outcome, lead.touches, lead.company_key),
        *(person.name, phone and (phone.number, phone.kind), person.mail),
        *(person.address, person.notes),
        *(lead.customer_id, lead.contact_id, lead.opportunity_id),
        lead.bant.model_dump(mode="json") if lead.bant_grade else None,
        lead.attributes,
    )
    # Ids that come from the database are of a class that orjson does not write by itself.
    return blake2b(orjson.dumps(held, default=str, option=_SORTED), digest_size=16).digest()


def why_it_stays(lead: Lead, trace: Trace) -> str:
    """Why what the import did to the lead cannot be taken back; nothing when it can."""
    if lead.state == "merged":
        return "it was joined with another lead since"
    if trace.worked:
        return "somebody has worked on it since"
    if fingerprint(lead) != trace.after:
        return "it has changed since it was imported"
    if trace.before is not None and trace.before.outcome != lead.outcome:
        return "the file said what became of it, which stays"
    if trace.before is not None and _content(trace.before) == _content(lead):
        return CAME_ONCE_MORE
    return ""


def withdraw(lead: Lead, *, by: UUID, now: datetime) -> tuple[Lead, Events]:
    """The lead should never have been here; it comes back when its record is imported again."""
    disqualified = LeadDisqualified(
        lead_id=lead.id,
        reason=IMPORT_UNDONE,
        disqualified_by=by,
        disqualified_at=now,
        history=lead.history,
    )
    return advance(
        lead,
        disqualified,
        state="withdrawn",
        disqualified_for=IMPORT_UNDONE,
        ended_at=now,
        outcome=None,
        score_due_at=None,
    )


def restore(lead: Lead, before: Lead, *, scoring: Scoring, now: datetime) -> tuple[Lead, Events]:
    """What is known of the lead is again as it was; that they came once more stays known."""
    return revise(
        lead,
        Reading(
            facts=before.facts,
            person=before.person,
            attributes=dict(before.attributes),
            company_key=before.company_key,
        ),
        history=lead.history,
        scoring=scoring,
        now=now,
    )


def given_up(lead: Lead, before: Lead) -> set[Key]:
    """What the lead no longer goes by once it is again as it was before."""
    return set(keys_of(lead.facts.external, lead.person)) - set(
        keys_of(before.facts.external, before.person)
    )


def _content(lead: Lead) -> tuple[object, ...]:
    return lead.facts, lead.person, dict(lead.attributes), lead.company_key
