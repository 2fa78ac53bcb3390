"""What `opportunities` publishes: the directory, who owns what, what was done, and how deals move."""

# An event's type is one of `str`, and frozen: pydantic's `frozen` is not seen by the type checker.
# pyright: reportIncompatibleVariableOverride=false

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.base import (
    Clock,
    Currency,
    Event,
    ExternalId,
    HistoricalEvent,
    Money,
    SubjectKind,
)

UnitKind = Literal["enterprise", "legal_entity", "region", "team", "dealer"]
Role = Literal["seller", "team_lead", "manager", "operator", "auditor", "integrator"]
AssignmentReason = Literal[
    "routed", "claimed", "transferred", "wanted", "existing_owner", "kept", "fallback", "imported"
]
ActivityKind = Literal["call", "visit", "meeting", "mail", "chat", "note"]


class UnitDefined(Event):
    """A unit of the org tree is as described here; the tree's root has no parent."""

    aggregate_type: ClassVar[str] = "unit"
    aggregate_key: ClassVar[str] = "unit_id"

    type: Literal["directory.unit_defined.v1"] = "directory.unit_defined.v1"
    unit_id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    lead_person_id: UUID | None = None
    """Who leads it, and hears of what its members leave undone."""
    regions: tuple[str, ...] = ()
    """Names of provinces, cities or sales regions it serves."""
    active: bool = True
    external: ExternalId | None = None
    credit_code: str = ""
    """统一社会信用代码 of a legal entity, which signs contracts for us."""
    calendar: str = ""
    """Name of the calendar it works by; blank for that of the unit above."""
    merged_into: UUID | None = None
    """The unit that goes on for it, and below which it lies, closed."""
    live_since: AwareDatetime | None = None
    """From then on it works here: no history is taken in for it any more, nor for what lies below."""


class Shift(BaseModel):
    """A stretch of every week; one that ends no later than it starts ends on the next day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: int = Field(ge=1, le=7)
    """ISO number, Monday being 1."""
    start: Clock
    end: Clock


class PersonDefined(Event):
    """A member of staff is as described here: sign-in name, roles, unit and what they can take on."""

    aggregate_type: ClassVar[str] = "person"
    aggregate_key: ClassVar[str] = "person_id"

    type: Literal["directory.person_defined.v1"] = "directory.person_defined.v1"
    person_id: UUID
    username: str
    name: str
    email: str = ""
    """Work address."""
    language: Literal["zh", "en"] = "zh"
    unit_id: UUID
    roles: tuple[Role, ...]
    industries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    """Codes of what they sell; none for everything."""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """What they speak with customers."""
    level: int = 1
    """From 1 to 9, the most senior."""
    shifts: tuple[Shift, ...] = ()
    """When they work; none for the hours of their unit."""
    weight: float = 1.0
    """Share of routed work relative to colleagues."""
    daily_cap: int | None = None
    """New leads a day at most; nothing means no cap."""
    open_cap: int | None = None
    """Open leads held at most; nothing means no cap."""
    active: bool = True
    external: ExternalId | None = None


class AbsenceEvent(Event):
    aggregate_type: ClassVar[str] = "absence"
    aggregate_key: ClassVar[str] = "absence_id"

    absence_id: UUID
    person_id: UUID


class AbsencePlanned(AbsenceEvent):
    """Somebody is out of office for a while; meanwhile the stand-in takes what is meant for them by name."""

    type: Literal["directory.absence_planned.v1"] = "directory.absence_planned.v1"
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    stand_in_id: UUID | None = None
    planned_by: UUID


class AbsenceEnded(AbsenceEvent):
    """They are back earlier than planned, or did not leave at all."""

    type: Literal["directory.absence_ended.v1"] = "directory.absence_ended.v1"
    ended_by: UUID
    ended_at: AwareDatetime


class ProductDefined(Event):
    """A product that can be sold, with its list price."""

    aggregate_type: ClassVar[str] = "product"
    aggregate_key: ClassVar[str] = "product_id"

    type: Literal["directory.product_defined.v1"] = "directory.product_defined.v1"
    product_id: UUID
    code: str
    name: str
    series: str = ""
    list_price: Money
    currency: Currency
    active: bool = True
    external: ExternalId | None = None


class ClientDefined(Event):
    """A program may call the services with an API key of this version."""

    aggregate_type: ClassVar[str] = "client"
    aggregate_key: ClassVar[str] = "client_id"

    type: Literal["directory.client_defined.v1"] = "directory.client_defined.v1"
    client_id: UUID
    name: str
    unit_id: UUID
    roles: tuple[Role, ...]
    key_version: int
    active: bool = True


class OwnershipEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "ownership"
    aggregate_key: ClassVar[str] = "ownership_id"

    ownership_id: UUID
    """Derived from the subject (UUID version 5), so that there is one for each."""
    subject_kind: SubjectKind
    subject_id: UUID


class OwnershipAssigned(OwnershipEvent):
    """A lead, customer or deal has an owner, who must act before `respond_by`."""

    type: Literal["ownership.assigned.v1"] = "ownership.assigned.v1"
    owner_id: UUID
    unit_id: UUID
    previous_owner_id: UUID | None = None
    reason: AssignmentReason
    receipt_id: UUID | None = None
    respond_by: AwareDatetime | None = None
    assigned_at: AwareDatetime
    hand_over_id: UUID | None = None
    """With many others in one act, of which the new owner is told once."""


class OwnershipAccepted(OwnershipEvent):
    """The owner takes it on: it does not go to somebody else if time is up."""

    type: Literal["ownership.accepted.v1"] = "ownership.accepted.v1"
    owner_id: UUID
    unit_id: UUID
    accepted_at: AwareDatetime


class OwnershipRecycleWarned(OwnershipEvent):
    """Nobody has followed it up: it goes back to a pool soon, unless its owner does."""

    type: Literal["ownership.recycle_warned.v1"] = "ownership.recycle_warned.v1"
    owner_id: UUID
    unit_id: UUID
    pool_id: UUID
    recycled_at: AwareDatetime
    """When it goes if nothing happens."""
    warned_at: AwareDatetime


class OwnershipPooled(OwnershipEvent):
    """Nobody owns it; it waits in a pool for somebody to claim it."""

    type: Literal["ownership.pooled.v1"] = "ownership.pooled.v1"
    pool_id: UUID
    unit_id: UUID
    previous_owner_id: UUID | None = None
    reason: str
    pooled_at: AwareDatetime


class OwnershipUnassigned(OwnershipEvent):
    """Nobody could be given it, for reasons a program can read; it stands on the unassigned list."""

    type: Literal["ownership.unassigned.v1"] = "ownership.unassigned.v1"
    unit_id: UUID
    reasons: tuple[str, ...]
    receipt_id: UUID | None = None
    unassigned_at: AwareDatetime


class Received(BaseModel):
    """How many records somebody took over."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    leads: int = 0
    customers: int = 0
    opportunities: int = 0
    customer_lines: int = 0


class HandOverCompleted(Event):
    """Everything that somebody had, or a part of it, went to others in one act."""

    aggregate_type: ClassVar[str] = "hand_over"
    aggregate_key: ClassVar[str] = "hand_over_id"

    type: Literal["hand_over.completed.v1"] = "hand_over.completed.v1"
    hand_over_id: UUID
    from_person_id: UUID
    received: tuple[Received, ...]
    asked_by: UUID
    completed_at: AwareDatetime


class RegistrationEvent(Event):
    aggregate_type: ClassVar[str] = "registration"
    aggregate_key: ClassVar[str] = "registration_id"

    registration_id: UUID


class RegistrationMade(RegistrationEvent):
    """Somebody has registered (报备) that they work on a customer or project; contested ones await a decision."""

    type: Literal["registration.made.v1"] = "registration.made.v1"
    customer_id: UUID | None
    lead_id: UUID | None = None
    """The lead that it is about, if it is about one."""
    product_line: str
    owner_id: UUID
    unit_id: UUID
    state: Literal["protected", "contested"]
    protected_until: AwareDatetime | None
    made_at: AwareDatetime


class RegistrationChanged(RegistrationEvent):
    """It was decided on, extended, used for a deal, overruled, or has come to its end."""

    type: Literal["registration.changed.v1"] = "registration.changed.v1"
    state: str
    protected_until: AwareDatetime | None
    opportunity_id: UUID | None = None
    lead_id: UUID | None = None
    changed_by: UUID | None
    changed_at: AwareDatetime


class CollisionEvent(Event):
    aggregate_type: ClassVar[str] = "collision"
    aggregate_key: ClassVar[str] = "collision_id"

    collision_id: UUID
    opportunity_id: UUID
    """The newcomer, which is held until it is ruled on."""


class CollisionOpened(CollisionEvent):
    """A new deal (撞单) meets what somebody else has: the same customer and product line within the window."""

    type: Literal["collision.opened.v1"] = "collision.opened.v1"
    other_kind: Literal["opportunity", "registration"]
    other_id: UUID
    customer_id: UUID
    product_line: str
    unit_id: UUID
    other_unit_id: UUID
    opened_at: AwareDatetime


class CollisionRuled(CollisionEvent):
    """Whose it is: the newcomer's, the incumbent's, or both go on."""

    type: Literal["collision.ruled.v1"] = "collision.ruled.v1"
    outcome: Literal["newcomer", "incumbent", "both"]
    ruled_by: UUID | None
    """Nobody where a rule decided."""
    ruled_at: AwareDatetime


class CollisionAppealed(CollisionEvent):
    """One side does not agree; somebody else rules again, and the newcomer is held meanwhile."""

    type: Literal["collision.appealed.v1"] = "collision.appealed.v1"
    appealed_by: UUID
    appealed_at: AwareDatetime


class CustomerLineEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "customer_line"
    aggregate_key: ClassVar[str] = "customer_line_id"

    customer_line_id: UUID
    """Derived from customer and product line (UUID version 5), so that there is one for each."""
    customer_id: UUID
    product_line: str
    """The series of the products."""


class CustomerLineAssigned(CustomerLineEvent):
    """Somebody answers for one product line with a customer, beside whoever owns the customer."""

    type: Literal["customer_line.assigned.v1"] = "customer_line.assigned.v1"
    owner_id: UUID
    unit_id: UUID
    previous_owner_id: UUID | None = None
    assigned_by: UUID | None
    assigned_at: AwareDatetime


class CustomerLineReleased(CustomerLineEvent):
    """Whoever owns the customer answers for this product line, too."""

    type: Literal["customer_line.released.v1"] = "customer_line.released.v1"
    previous_owner_id: UUID
    released_by: UUID | None
    released_at: AwareDatetime


class ActivityLogged(HistoricalEvent):
    """Somebody did something about a lead, a customer or a deal, and perhaps said what comes next."""

    aggregate_type: ClassVar[str] = "activity"
    aggregate_key: ClassVar[str] = "activity_id"

    type: Literal["activity.logged.v1"] = "activity.logged.v1"
    activity_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    kind: ActivityKind
    done_by: UUID
    unit_id: UUID
    done_at: AwareDatetime
    next_step_on: date | None = None


class ActivityUnlogged(HistoricalEvent):
    """The import that an activity came with was taken back: it was never done, as far as we know."""

    aggregate_type: ClassVar[str] = "activity"
    aggregate_key: ClassVar[str] = "activity_id"

    type: Literal["activity.unlogged.v1"] = "activity.unlogged.v1"
    activity_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    run_id: UUID
    """The import that was taken back."""
    unlogged_at: AwareDatetime


class OpportunityEvent(HistoricalEvent):
    aggregate_type: ClassVar[str] = "opportunity"
    aggregate_key: ClassVar[str] = "opportunity_id"

    opportunity_id: UUID


class DealFacts(BaseModel):
    """What a deal is worth and to whom."""

    model_config = ConfigDict(frozen=True)

    customer_id: UUID | None
    """The end customer. A deal may stand without one while its history does not say who it was."""
    product_id: UUID | None = None
    amount: Money
    list_value: Money
    """Sum of the list prices of what is sold."""
    currency: Currency
    expected_close_on: date | None = None
    next_step_on: date | None = None
    source: str = ""
    external: ExternalId | None = None
    buyer_id: UUID | None = None
    """Who orders, an organisation or a person; the end customer, unless it is said."""
    dealer_id: UUID | None = None
    """经销商 through whom it is sold."""
    payer_id: UUID | None = None
    """Who pays, an organisation or a person; whoever orders, unless it is said."""
    signed_by_id: UUID | None = None
    """Our own legal entity, a unit of that kind."""


class OpportunityOpened(OpportunityEvent):
    """A deal is open, in the first stage of a pipeline."""

    type: Literal["opportunity.opened.v1"] = "opportunity.opened.v1"
    facts: DealFacts
    lead_id: UUID | None = None
    contact_id: UUID | None = None
    pipeline: str
    pipeline_version: int
    stage: str
    probability: float
    owner_id: UUID
    unit_id: UUID
    opened_at: AwareDatetime


class OpportunityUpdated(OpportunityEvent):
    """What the deal is worth, or what comes next, has changed."""

    type: Literal["opportunity.updated.v1"] = "opportunity.updated.v1"
    facts: DealFacts
    updated_at: AwareDatetime


class OpportunityStageChanged(OpportunityEvent):
    """The deal moved to another open stage of its pipeline."""

    type: Literal["opportunity.stage_changed.v1"] = "opportunity.stage_changed.v1"
    from_stage: str
    to_stage: str
    probability: float
    changed_by: UUID
    changed_at: AwareDatetime


class OpportunityWon(OpportunityEvent):
    """The customer bought."""

    type: Literal["opportunity.won.v1"] = "opportunity.won.v1"
    from_stage: str
    to_stage: str
    amount: Money
    currency: Currency
    reason: str
    competitor: str = ""
    closed_on: date
    closed_by: UUID
    closed_at: AwareDatetime


class OpportunityLost(OpportunityEvent):
    """The deal is over without a sale."""

    type: Literal["opportunity.lost.v1"] = "opportunity.lost.v1"
    from_stage: str
    to_stage: str
    reason: str
    competitor: str = ""
    closed_on: date
    closed_by: UUID
    closed_at: AwareDatetime


HappenedSince = Literal["changed", "worked_on", "handed_on"]


class OpportunityWithdrawn(OpportunityEvent):
    """The conversion it came of was undone before anything had happened to it: it counts nowhere."""

    type: Literal["opportunity.withdrawn.v1"] = "opportunity.withdrawn.v1"
    lead_id: UUID
    withdrawn_on: date
    withdrawn_by: UUID | None
    withdrawn_at: AwareDatetime


class OpportunityKept(OpportunityEvent):
    """The conversion it came of was to be undone, but something had happened to it: both stay."""

    type: Literal["opportunity.kept.v1"] = "opportunity.kept.v1"
    lead_id: UUID
    reasons: tuple[HappenedSince, ...]
    kept_at: AwareDatetime


class StageEntered(BaseModel):
    """A deal came into an open stage of its pipeline."""

    model_config = ConfigDict(frozen=True)

    stage: str
    probability: float
    entered_on: date


class OpportunityRecorded(OpportunityEvent):
    """A deal of another system was taken over as it stood there, with its own dates."""

    type: Literal["opportunity.recorded.v1"] = "opportunity.recorded.v1"
    facts: DealFacts
    lead_id: UUID | None = None
    pipeline: str
    pipeline_version: int
    path: tuple[StageEntered, ...] = ()
    """The open stages it has been in, in their order; empty where the other system did not say."""
    stage: str
    status: Literal["open", "won", "lost"]
    probability: float
    owner_id: UUID
    unit_id: UUID
    engaged_on: date | None
    """The day work on it began; a deal without it was never open as of any day."""
    closed_on: date | None
    reason: str = ""
    run_id: UUID
    recorded_at: AwareDatetime


class OpportunityUnrecorded(OpportunityEvent):
    """The import that a deal came with was taken back before anything had happened to it: it counts nowhere."""

    type: Literal["opportunity.unrecorded.v1"] = "opportunity.unrecorded.v1"
    run_id: UUID
    """The import that was taken back."""
    withdrawn_on: date
    withdrawn_at: AwareDatetime


AnyDirectoryEvent = UnitDefined | PersonDefined | ProductDefined | ClientDefined
AnyOwnershipEvent = OwnershipAssigned | OwnershipPooled | OwnershipUnassigned
"""Those by which it changes hands."""
AnyCustomerLineEvent = CustomerLineAssigned | CustomerLineReleased
AnyOpportunityEvent = (
    OpportunityOpened
    | OpportunityUpdated
    | OpportunityStageChanged
    | OpportunityWon
    | OpportunityLost
    | OpportunityRecorded
    | OpportunityUnrecorded
    | OpportunityWithdrawn
    | OpportunityKept
)

EVENTS: tuple[type[Event], ...] = (
    UnitDefined,
    PersonDefined,
    AbsencePlanned,
    AbsenceEnded,
    ProductDefined,
    ClientDefined,
    OwnershipAssigned,
    OwnershipAccepted,
    OwnershipRecycleWarned,
    OwnershipPooled,
    OwnershipUnassigned,
    HandOverCompleted,
    RegistrationMade,
    RegistrationChanged,
    CollisionOpened,
    CollisionRuled,
    CollisionAppealed,
    CustomerLineAssigned,
    CustomerLineReleased,
    ActivityLogged,
    ActivityUnlogged,
    OpportunityOpened,
    OpportunityUpdated,
    OpportunityStageChanged,
    OpportunityWon,
    OpportunityLost,
    OpportunityRecorded,
    OpportunityUnrecorded,
    OpportunityWithdrawn,
    OpportunityKept,
)
