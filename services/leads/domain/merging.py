"""Two records become one, field by field, and two again.

The record that goes on takes what it lacks, and what is chosen. The other one stays as it was, out of
sight, so that undoing gives both back whatever was edited meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain import capture, company
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Events, Lead, State, judge
from services.leads.domain.phone import Phone
from services.leads.domain.refusals import (
    ConvertedLeadGoesOn,
    LeadIsErased,
    MergedIntoAnother,
    OwnerWouldBeLost,
    SameRecord,
    WithdrawnWithItsImport,
)
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import LeadMerged, LeadUnmerged

LeadField = Literal[
    "name", "phone", "mail", "address", "notes", "company_name", "credit_code",
    "region", "industry", "product_id", "attributes",
]  # fmt: skip
Values = Mapping[str, JsonValue]
_OF_PERSON = ("name", "mail", "address", "notes")
_OF_FACTS = ("company_name", "credit_code", "region", "industry")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two records side by side, and what the one that goes on says afterwards."""

    survivor_id: UUID
    merged_id: UUID
    mine: Values
    theirs: Values
    since: Values
    is_owner: bool = True
    """Whether whoever asks owns both, and so may read numbers and addresses."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Both leads after a merge, what they say, and what was taken over, before and since."""

    survivor: Lead
    said: Events
    gone: Lead
    gone_said: Events
    taken: Mapping[str, tuple[JsonValue, JsonValue]]


def merge(
    survivor: Lead,
    gone: Lead,
    *,
    take: Collection[str] = (),
    scoring: Scoring,
    by: UUID | None,
    now: datetime,
) -> Merged:
    """`survivor` goes on for both; it takes what it lacks, and of what both have what is chosen."""
    refuse_unless_mergeable(survivor, gone)
    mine, theirs = values(survivor), values(gone)
    since = chosen(mine, theirs, take=take)
    wishes = {
        "do_not_email": survivor.facts.do_not_email or gone.facts.do_not_email,
        "do_not_call": survivor.facts.do_not_call or gone.facts.do_not_call,
    }
    reading = _reading(survivor, since)
    reading = replace(reading, facts=reading.facts.model_copy(update=wishes))
    survivor, said = capture.revise(survivor, reading, scoring=scoring, now=now)
    merged = LeadMerged(lead_id=gone.id, into_id=survivor.id, merged_by=by, merged_at=now)
    gone, gone_said = advance(gone, merged, state="merged", score_due_at=None)
    return Merged(
        survivor=survivor,
        said=said,
        gone=gone,
        gone_said=gone_said,
        taken={name: (mine[name], value) for name, value in since.items() if value != mine[name]},
    )


def unmerge(
    survivor: Lead,
    gone: Lead,
    *,
    taken: Mapping[str, tuple[JsonValue, JsonValue]],
    state: State,
    scoring: Scoring,
    by: UUID | None,
    now: datetime,
) -> Merged:
    """Both go their own ways. What the survivor took over and still says, it gives back."""
    _refuse_erased(survivor, gone)
    given_back = returned(values(survivor), taken)
    survivor, said = capture.revise(
        survivor, _reading(survivor, values(survivor) | given_back), scoring=scoring, now=now
    )
    apart = LeadUnmerged.model_validate(
        {
            "lead_id": gone.id,
            "from_id": survivor.id,
            "state": state,
            "unmerged_by": by,
            "unmerged_at": now,
        }
    )
    gone, events = advance(gone, apart, state=state)
    gone, gone_said = judge(gone, events, scoring=scoring, now=now)
    return Merged(survivor=survivor, said=said, gone=gone, gone_said=gone_said, taken={})


def refuse_unless_mergeable(survivor: Lead, gone: Lead) -> None:
    """Say why these two cannot become one, or not this way round."""
    if survivor.id == gone.id:
        raise SameRecord
    _refuse_erased(survivor, gone)
    for lead in (survivor, gone):
        if lead.state == "merged":
            raise MergedIntoAnother(subject_id=lead.id)
        if lead.state == "withdrawn":
            raise WithdrawnWithItsImport(lead_id=lead.id)
    if gone.state == "converted":
        raise ConvertedLeadGoesOn(lead_id=gone.id)
    if survivor.owner_id is None and gone.owner_id is not None:
        raise OwnerWouldBeLost(subject_id=gone.id)


def _refuse_erased(*leads: Lead) -> None:
    for lead in leads:
        if lead.is_erased:
            raise LeadIsErased(lead_id=lead.id)


def chosen(mine: Values, theirs: Values, *, take: Collection[str]) -> dict[str, JsonValue]:
    """What the survivor says afterwards: its own, unless blank or chosen from the other."""
    since = {
        name: theirs[name] if (name in take and theirs[name]) or not value else value
        for name, value in mine.items()
    }
    own, other = mine.get("attributes"), theirs.get("attributes")
    if isinstance(own, dict) and isinstance(other, dict):
        since["attributes"] = {**own, **other} if "attributes" in take else {**other, **own}
    return since


def returned(
    says: Values, taken: Mapping[str, tuple[JsonValue, JsonValue]]
) -> dict[str, JsonValue]:
    """What was taken over and not edited since, as it was before."""
    return {name: before for name, (before, since) in taken.items() if says.get(name) == since}


def values(lead: Lead) -> dict[str, JsonValue]:
    """What can be chosen, field by field, as JSON."""
    facts, person = lead.facts, lead.person
    told: dict[str, JsonValue] = {
        **{name: getattr(person, name) for name in _OF_PERSON},
        **{name: getattr(facts, name) for name in _OF_FACTS},
        "phone": [person.phone.number, person.phone.kind] if person.phone else None,
        "product_id": str(facts.product_id) if facts.product_id else None,
        "attributes": dict(lead.attributes),
    }
    return {name: told[name] for name in get_args(LeadField)}


def _reading(lead: Lead, says: Mapping[str, JsonValue]) -> Reading:
    """The lead's reading if it said this."""
    product_id, phone = says["product_id"], says["phone"]
    facts = {name: says[name] for name in _OF_FACTS}
    attributes = says["attributes"]
    return Reading(
        facts=lead.facts.model_copy(
            update={**facts, "product_id": UUID(str(product_id)) if product_id else None}
        ),
        person=replace(
            lead.person,
            phone=_phone(phone),
            **{name: says[name] for name in _OF_PERSON},  # pyright: ignore[reportArgumentType] - texts, as `values` made them
        ),
        attributes=attributes if isinstance(attributes, dict) else {},  # pyright: ignore[reportArgumentType] - signals, likewise
        company_key=company.parse(str(says["company_name"])).key,
    )


def _phone(value: JsonValue) -> Phone | None:
    match value:
        case [str(number), "mobile" | "landline" | "shared" as kind]:
            return Phone(number=number, kind=kind)
        case _:
            return None
