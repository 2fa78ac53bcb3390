"""What merging is for leads: facts, the person and attributes; wishes hold whoever said them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain import capture, company
from services.leads.domain.intake import Reading
from services.leads.domain.lead import Events, Lead, judge
from services.leads.domain.merging import Values, phone_of, phone_value
from services.leads.domain.refusals import (
    ConvertedLeadGoesOn,
    LeadIsErased,
    MergedIntoAnother,
    WithdrawnWithItsImport,
)
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import LeadMerged, LeadUnmerged

LeadField = Literal[
    "name", "phone", "mail", "address", "notes", "company_name", "credit_code",
    "region", "industry", "product_id", "attributes",
]  # fmt: skip
_OF_PERSON = ("name", "mail", "address", "notes")
_OF_FACTS = ("company_name", "credit_code", "region", "industry")


@dataclass(frozen=True, kw_only=True)
class Leads:
    """Leads, judged anew by these rules."""

    scoring: Scoring

    def refuse(self, survivor: Lead, gone: Lead) -> None:
        """Neither is merged already, and a converted one goes on."""
        _refuse_erased(survivor, gone)
        for lead in (survivor, gone):
            if lead.state == "merged":
                raise MergedIntoAnother(subject_id=lead.id)
            if lead.state == "withdrawn":
                raise WithdrawnWithItsImport(lead_id=lead.id)
        if gone.state == "converted":
            raise ConvertedLeadGoesOn(lead_id=gone.id)

    def values(self, record: Lead) -> dict[str, JsonValue]:
        """What can be chosen, field by field, as JSON."""
        facts, person = record.facts, record.person
        told: dict[str, JsonValue] = {
            **{name: getattr(person, name) for name in _OF_PERSON},
            **{name: getattr(facts, name) for name in _OF_FACTS},
            "phone": phone_value(person.phone),
            "product_id": str(facts.product_id) if facts.product_id else None,
            "attributes": dict(record.attributes),
        }
        return {name: told[name] for name in get_args(LeadField)}

    def say(
        self, record: Lead, says: Values, *, beside: Lead, now: datetime
    ) -> tuple[Lead, Events]:
        """The lead says this from now on, and wants no mail or call if either did not."""
        reading = _reading(record, says)
        wishes = {
            "do_not_email": record.facts.do_not_email or beside.facts.do_not_email,
            "do_not_call": record.facts.do_not_call or beside.facts.do_not_call,
        }
        reading = replace(reading, facts=reading.facts.model_copy(update=wishes))
        return capture.revise(record, reading, scoring=self.scoring, now=now)

    def leave(
        self, gone: Lead, *, into: Lead, by: UUID | None, now: datetime
    ) -> tuple[Lead, Events]:
        """Another lead goes on for this one."""
        merged = LeadMerged(lead_id=gone.id, into_id=into.id, merged_by=by, merged_at=now)
        gone, events = advance(gone, merged, state="merged", score_due_at=None)
        return gone, events

    def come_back(
        self, gone: Lead, *, state: str, survivor: Lead, by: UUID | None, now: datetime
    ) -> tuple[Lead, Events]:
        """The lead is worked on again, or over again, as it was."""
        _refuse_erased(survivor, gone)
        apart = LeadUnmerged.model_validate(
            {
                "lead_id": gone.id,
                "from_id": survivor.id,
                "state": state,
                "unmerged_by": by,
                "unmerged_at": now,
            }
        )
        gone, events = advance(gone, apart, state=apart.state)
        return judge(gone, events, scoring=self.scoring, now=now)


def _refuse_erased(*leads: Lead) -> None:
    for lead in leads:
        if lead.is_erased:
            raise LeadIsErased(lead_id=lead.id)


def _reading(lead: Lead, says: Values) -> Reading:
    """The lead's reading if it said this."""
    product_id = says["product_id"]
    facts = {name: says[name] for name in _OF_FACTS}
    attributes = says["attributes"]
    return Reading(
        facts=lead.facts.model_copy(
            update={**facts, "product_id": UUID(str(product_id)) if product_id else None}
        ),
        person=replace(
            lead.person,
            phone=phone_of(says["phone"]),
            **{name: says[name] for name in _OF_PERSON},  # pyright: ignore[reportArgumentType] - texts, as `values` made them
        ),
        attributes=attributes if isinstance(attributes, dict) else {},  # pyright: ignore[reportArgumentType] - signals, likewise
        company_key=company.parse(str(says["company_name"])).key,
    )
