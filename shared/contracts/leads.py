"""What `leads` publishes: who came to us, how good they look, and what became of them.

A customer's person appears only as an id: never a phone, a mail address, a name or free text.
"""

# An event's type is one of `str`, and frozen: pydantic's `frozen` is not seen by the type checker.
# pyright: reportIncompatibleVariableOverride=false

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.base import Currency, Event, ExternalId, HistoricalEvent, Money

Grade = Literal["A", "B", "C"]
Outcome = Literal["converted", "not_converted"]
Evidence = Literal["yes", "partly", "no", "unknown"]
IMPORT_UNDONE = "import_undone"
"""The reason for giving up a lead that should never have been here: reports leave it out."""
TouchMeans = Literal["call", "visit", "meeting", "mail", "chat"]


class LeadEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "lead"
    aggregate_key: ClassVar[str] = "lead_id"

    lead_id: UUID


class LeadFacts(BaseModel):
    """What others may know of a lead in order to route, count and report it."""

    model_config = ConfigDict(frozen=True)

    channel: str
    source: str = ""
    """As the sender wrote it; blank is a value of its own."""
    origin: str = ""
    campaign: str = ""
    company_name: str = ""
    region: str = ""
    """Name of a province, city or sales region; routing compares it with the regions a unit serves."""
    industry: str = ""
    product_id: UUID | None = None
    credit_code: str = ""
    """统一社会信用代码 of the organisation."""
    do_not_email: bool = False
    do_not_call: bool = False
    external: ExternalId | None = None


class LeadTrail(BaseModel):
    """What led to one touch, as the campaign's links say; a click is told by its network, not by its id."""

    model_config = ConfigDict(frozen=True)

    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    click: str = ""
    """Whose click it was: `gclid`, `bd_vid`, `qz_gdt` …"""


class LeadCaptured(LeadEvent):
    """A new lead exists, judged once, and waits for an owner."""

    type: Literal["lead.captured.v1"] = "lead.captured.v1"
    facts: LeadFacts
    unit_id: UUID | None = None
    """The unit that answers for it until it has an owner; nothing known of a unit yet means the root."""
    assign_on: Literal["capture", "qualification", "never"] = "capture"
    wanted_owner_id: UUID | None = None
    """A seller's own find stays theirs."""
    score: float | None = None
    """As judged at capture, so that routing can go by it; `lead.scored` says why."""
    grade: Grade | None = None
    captured_at: AwareDatetime
    trail: LeadTrail | None = None
    """What led to the first touch; nothing when nobody knows."""


class LeadTouched(LeadEvent):
    """The same person or company came again; the submission was joined to the lead it belongs to."""

    type: Literal["lead.touched.v1"] = "lead.touched.v1"
    submission_id: UUID
    channel: str
    source: str = ""
    touched_at: AwareDatetime
    origin: str = ""
    campaign: str = ""
    trail: LeadTrail | None = None


class LeadUpdated(LeadEvent):
    """What others may know of the lead has changed."""

    type: Literal["lead.updated.v1"] = "lead.updated.v1"
    facts: LeadFacts
    updated_at: AwareDatetime


class ScoreReason(BaseModel):
    """One rule that applied, and the points it gave."""

    model_config = ConfigDict(frozen=True)

    rule: str
    points: float


class LeadScored(LeadEvent):
    """The lead was judged by one version of the scoring rules, which say why."""

    type: Literal["lead.scored.v1"] = "lead.scored.v1"
    score: float
    grade: Grade
    reasons: tuple[ScoreReason, ...]
    rules_version: int
    scored_at: AwareDatetime


class LeadAssessed(LeadEvent):
    """What is known of budget, authority, need and timing was written down, and graded."""

    type: Literal["lead.assessed.v1"] = "lead.assessed.v1"
    budget: Evidence
    authority: Evidence
    need: Evidence
    timing: Evidence
    grade: Grade
    assessed_by: UUID | None
    assessed_at: AwareDatetime


class LeadMeddicAssessed(LeadEvent):
    """What is known by the six criteria of MEDDIC was written down, and graded."""

    type: Literal["lead.meddic_assessed.v1"] = "lead.meddic_assessed.v1"
    metrics: Evidence
    economic_buyer: Evidence
    decision_criteria: Evidence
    decision_process: Evidence
    identified_pain: Evidence
    champion: Evidence
    grade: Grade
    assessed_by: UUID | None
    assessed_at: AwareDatetime


class LeadQualified(LeadEvent):
    """The lead is worth a seller's time: its grade by BANT or MEDDIC reached the threshold."""

    type: Literal["lead.qualified.v1"] = "lead.qualified.v1"
    grade: Grade
    qualified_at: AwareDatetime


class LeadDisqualified(LeadEvent):
    """The lead is not worth pursuing, for a reason from the list of reasons."""

    type: Literal["lead.disqualified.v1"] = "lead.disqualified.v1"
    reason: str
    disqualified_by: UUID | None
    disqualified_at: AwareDatetime


class LeadReopened(LeadEvent):
    """A lead that had come to an end is worked on again, for a reason; it had ended for another."""

    type: Literal["lead.reopened.v1"] = "lead.reopened.v1"
    reason: str
    ended_as: Literal["disqualified", "closed"]
    ended_for: str
    ended_at: AwareDatetime | None = None
    reopened_by: UUID | None
    reopened_at: AwareDatetime


class LeadOutcomeRecorded(LeadEvent):
    """Another system had already decided what became of the lead."""

    type: Literal["lead.outcome_recorded.v1"] = "lead.outcome_recorded.v1"
    outcome: Outcome
    recorded_at: AwareDatetime


class LeadTouchDue(LeadEvent):
    """A lead that is not ready yet should hear of us again, by the plan that keeps it warm."""

    type: Literal["lead.touch_due.v1"] = "lead.touch_due.v1"
    plan: str
    step: int
    by: TouchMeans
    owner_id: UUID | None
    unit_id: UUID
    due_at: AwareDatetime


class LeadTagged(LeadEvent):
    """The lead has other tags than before, by the rules or by somebody's hand."""

    type: Literal["lead.tagged.v1"] = "lead.tagged.v1"
    tags: tuple[str, ...]
    """All that it has now, words of the configuration `tags`."""
    needs: tuple[str, ...]
    """Those of them that say what the customer needs."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    tagged_by: UUID | None
    """Nobody, where rules decided."""
    tagged_at: AwareDatetime


class DealWanted(BaseModel):
    """The deal a conversion asks for."""

    model_config = ConfigDict(frozen=True)

    opportunity_id: UUID
    amount: Money
    currency: Currency
    product_id: UUID | None = None
    expected_close_on: date | None = None
    source: str = ""
    attributes: dict[str, str | bool | float] = {}
    """Its custom fields; none that tells who somebody is."""


class LeadConverted(LeadEvent):
    """The lead is now a customer, perhaps with a contact and a deal, all in one act."""

    type: Literal["lead.converted.v1"] = "lead.converted.v1"
    customer_id: UUID
    contact_id: UUID | None
    deal: DealWanted | None
    owner: Literal["keep", "reassign"]
    converted_by: UUID | None
    converted_at: AwareDatetime


class LeadConversionRecalled(LeadEvent):
    """Somebody takes the conversion back: its deal is to be withdrawn if nothing has happened to it."""

    type: Literal["lead.conversion_recalled.v1"] = "lead.conversion_recalled.v1"
    opportunity_id: UUID
    recalled_by: UUID | None
    recalled_at: AwareDatetime


class LeadConversionUndone(LeadEvent):
    """The lead is open again, as if it had never been converted."""

    type: Literal["lead.conversion_undone.v1"] = "lead.conversion_undone.v1"
    customer_id: UUID
    """Whom it had become; a customer made by the conversion says itself if it is withdrawn."""
    state: Literal["open", "qualified"]
    undone_by: UUID | None
    undone_at: AwareDatetime


class LeadMerged(LeadEvent):
    """The lead turned out to be another one, which goes on for both."""

    type: Literal["lead.merged.v1"] = "lead.merged.v1"
    into_id: UUID
    """The lead that goes on. It says itself what it took over."""
    merged_by: UUID | None
    """Nobody, where the rules were certain."""
    merged_at: AwareDatetime


class LeadUnmerged(LeadEvent):
    """The lead is one of its own again, as it was before it was merged."""

    type: Literal["lead.unmerged.v1"] = "lead.unmerged.v1"
    from_id: UUID
    state: Literal["open", "qualified", "disqualified", "closed"]
    unmerged_by: UUID | None
    unmerged_at: AwareDatetime


class LeadErased(LeadEvent):
    """Nothing is known of the lead's person any more, and nothing will be; what is said of it stays a sum."""

    type: Literal["lead.erased.v1"] = "lead.erased.v1"
    erased_at: AwareDatetime


class LearnedScoreDrifted(Event):
    """The leads of late are no longer like those that the learned score in force was learned from."""

    aggregate_type: ClassVar[str] = "learned_score"
    aggregate_key: ClassVar[str] = "learned_score_id"

    type: Literal["learned_score.drifted.v1"] = "learned_score.drifted.v1"
    learned_score_id: UUID
    version: int
    """Of the configuration `learned_score`."""
    leads: int
    """Recent ones that were compared."""
    beyond: tuple[str, ...]
    """What lies beyond the limit: `score`, or features by their names."""
    measured_at: AwareDatetime


class CustomerEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "customer"
    aggregate_key: ClassVar[str] = "customer_id"

    customer_id: UUID


class CustomerFacts(BaseModel):
    """What others may know of an organisation."""

    model_config = ConfigDict(frozen=True)

    name: str
    industry: str = ""
    region: str = ""
    level: str = ""
    parent_name: str = ""
    credit_code: str = ""
    """统一社会信用代码, which no two organisations share."""
    external: ExternalId | None = None
    is_dealer: bool = False
    """经销商: it sells for us, so a deal may name it as its dealer."""


class CustomerRegistered(CustomerEvent):
    """An organisation is now a customer, known by its own id."""

    type: Literal["customer.registered.v1"] = "customer.registered.v1"
    facts: CustomerFacts
    lead_id: UUID | None = None
    """The lead that became this customer; its owner keeps it."""
    wanted_owner_id: UUID | None = None
    """A customer that a seller registers by hand stays theirs."""
    registered_at: AwareDatetime


class CustomerUpdated(CustomerEvent):
    """What others may know of the customer has changed."""

    type: Literal["customer.updated.v1"] = "customer.updated.v1"
    facts: CustomerFacts
    updated_at: AwareDatetime


class CustomerMerged(CustomerEvent):
    """The customer turned out to be another one: its deals, contacts and work are the other's."""

    type: Literal["customer.merged.v1"] = "customer.merged.v1"
    into_id: UUID
    merged_by: UUID | None
    merged_at: AwareDatetime


class CustomerUnmerged(CustomerEvent):
    """The customer is one of its own again, with all that was ever said of it."""

    type: Literal["customer.unmerged.v1"] = "customer.unmerged.v1"
    from_id: UUID
    unmerged_by: UUID | None
    unmerged_at: AwareDatetime


class CustomerMoved(CustomerEvent):
    """The customer stands below another organisation of its group, or below none."""

    type: Literal["customer.moved.v1"] = "customer.moved.v1"
    parent_id: UUID | None
    moved_by: UUID | None
    moved_at: AwareDatetime


class CustomerWithdrawn(CustomerEvent):
    """The conversion that made it was undone before anything else had happened: it is no customer."""

    type: Literal["customer.withdrawn.v1"] = "customer.withdrawn.v1"
    withdrawn_by: UUID | None
    withdrawn_at: AwareDatetime


class CustomerReinstated(CustomerEvent):
    """A deal had been opened with it in the moment it was withdrawn, or its file came once more: it is a customer after all."""

    type: Literal["customer.reinstated.v1"] = "customer.reinstated.v1"
    reinstated_at: AwareDatetime


class ContactEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "contact"
    aggregate_key: ClassVar[str] = "contact_id"

    contact_id: UUID


class ContactAdded(ContactEvent):
    """A person speaks for a customer; who it is, only `leads` knows."""

    type: Literal["contact.added.v1"] = "contact.added.v1"
    customer_id: UUID
    lead_id: UUID | None = None
    added_at: AwareDatetime


class ContactUpdated(ContactEvent):
    """What is known of the person has changed; what, only `leads` knows."""

    type: Literal["contact.updated.v1"] = "contact.updated.v1"
    updated_at: AwareDatetime


class ContactLinked(ContactEvent):
    """The person speaks for one more organisation."""

    type: Literal["contact.linked.v1"] = "contact.linked.v1"
    customer_id: UUID
    linked_at: AwareDatetime


class ContactUnlinked(ContactEvent):
    """The person does not speak for this organisation any more."""

    type: Literal["contact.unlinked.v1"] = "contact.unlinked.v1"
    customer_id: UUID
    unlinked_at: AwareDatetime


class ContactWithdrawn(ContactEvent):
    """The conversion or the file that made it was taken back before anything else had happened: it is no contact."""

    type: Literal["contact.withdrawn.v1"] = "contact.withdrawn.v1"
    withdrawn_by: UUID | None
    withdrawn_at: AwareDatetime


class ContactReinstated(ContactEvent):
    """The file that had made it was taken back, and came once more: it is a contact again."""

    type: Literal["contact.reinstated.v1"] = "contact.reinstated.v1"
    reinstated_at: AwareDatetime


class ContactMerged(ContactEvent):
    """The person turned out to be another contact, who goes on for both."""

    type: Literal["contact.merged.v1"] = "contact.merged.v1"
    into_id: UUID
    merged_by: UUID | None
    merged_at: AwareDatetime


class ContactUnmerged(ContactEvent):
    """The contact is one of its own again."""

    type: Literal["contact.unmerged.v1"] = "contact.unmerged.v1"
    from_id: UUID
    unmerged_by: UUID | None
    unmerged_at: AwareDatetime


class ContactErased(ContactEvent):
    """Nothing is known any more of the person who spoke for a customer."""

    type: Literal["contact.erased.v1"] = "contact.erased.v1"
    erased_at: AwareDatetime


AnyLeadEvent = (
    LeadCaptured
    | LeadTouched
    | LeadUpdated
    | LeadScored
    | LeadAssessed
    | LeadMeddicAssessed
    | LeadQualified
    | LeadDisqualified
    | LeadReopened
    | LeadTouchDue
    | LeadTagged
    | LeadOutcomeRecorded
    | LeadConverted
    | LeadConversionRecalled
    | LeadConversionUndone
    | LeadMerged
    | LeadUnmerged
    | LeadErased
)
AnyCustomerEvent = (
    CustomerRegistered
    | CustomerUpdated
    | CustomerMoved
    | CustomerMerged
    | CustomerUnmerged
    | CustomerWithdrawn
    | CustomerReinstated
)
AnyContactEvent = (
    ContactAdded
    | ContactUpdated
    | ContactLinked
    | ContactUnlinked
    | ContactMerged
    | ContactUnmerged
    | ContactWithdrawn
    | ContactReinstated
    | ContactErased
)

EVENTS: tuple[type[Event], ...] = (
    LeadCaptured,
    LeadTouched,
    LeadUpdated,
    LeadScored,
    LeadAssessed,
    LeadMeddicAssessed,
    LeadQualified,
    LeadDisqualified,
    LeadReopened,
    LeadTouchDue,
    LeadTagged,
    LeadOutcomeRecorded,
    LeadConverted,
    LeadConversionRecalled,
    LeadConversionUndone,
    LeadMerged,
    LeadUnmerged,
    LeadErased,
    LearnedScoreDrifted,
    CustomerRegistered,
    CustomerUpdated,
    CustomerMoved,
    CustomerMerged,
    CustomerUnmerged,
    CustomerWithdrawn,
    CustomerReinstated,
    ContactAdded,
    ContactUpdated,
    ContactLinked,
    ContactUnlinked,
    ContactMerged,
    ContactUnmerged,
    ContactWithdrawn,
    ContactReinstated,
    ContactErased,
)
