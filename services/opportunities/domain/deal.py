"""A deal: what it is worth, where it stands in its pipeline, and how it may move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypedDict
from uuid import UUID

from services.opportunities.domain import gate
from services.opportunities.domain.gate import Evidence, GateClosed
from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.parties import Parties
from services.opportunities.domain.pipeline import Pipeline
from services.opportunities.domain.product import Product
from shared.aggregate import advance
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import (
    AnyOpportunityEvent,
    DealFacts,
    OpportunityOpened,
    OpportunityStageChanged,
    OpportunityUpdated,
)
from shared.custom_fields import Value
from shared.refusals import Conflict, NotFound

Status = Literal["open", "won", "lost", "withdrawn"]
"""`withdrawn`: the conversion it came of was undone before anything had happened to it."""


class OpportunityNotFound(NotFound):
    """There is no opportunity {opportunity_id}, or it lies outside your part of the organisation."""


class OpportunityClosed(Conflict):
    """The opportunity is {status}; closed opportunities are locked."""


class OutcomeNeeded(Conflict):
    """{stage} is where a deal ends; it gets there by its outcome, with a reason.

    PUT /opportunities/{opportunity_id}/outcome instead.
    """


class StepBackNeedsReason(Conflict):
    """Going back to {stage} is free, but say why.

    Send `reason` along.
    """


@dataclass(frozen=True, kw_only=True)
class Deal:
    id: UUID
    customer_id: UUID | None
    """The end customer."""
    buyer_id: UUID | None = None
    """Who orders, an organisation or a person, if it is not the end customer."""
    dealer_id: UUID | None = None
    payer_id: UUID | None = None
    """Who pays, an organisation or a person, if it is not whoever orders."""
    signed_by_id: UUID | None = None
    """The legal entity of ours that signs."""
    contact_id: UUID | None = None
    lead_id: UUID | None = None
    product_id: UUID | None = None
    amount: Decimal
    list_value: Decimal
    """Kept apart from the amount: what it would bring without any discount."""
    currency: str
    source: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """Custom fields, which the stages of its pipeline describe."""
    external: ExternalId | None = None
    pipeline: str
    pipeline_version: int
    stage: str
    status: Status = "open"
    probability: float
    stage_since: date
    owner_id: UUID
    unit_id: UUID
    expected_close_on: date | None = None
    next_step: str = ""
    next_step_on: date | None = None
    engaged_on: date | None
    """The day work on it began; histories may not know it."""
    closed_on: date | None = None
    reason: str = ""
    competitor: str = ""
    opened_at: datetime
    sequence: int = 0

    @property
    def facts(self) -> DealFacts:
        """What others may know of the deal: everything but the words of its next step."""
        return DealFacts(
            customer_id=self.customer_id,
            product_id=self.product_id,
            amount=self.amount,
            list_value=self.list_value,
            currency=self.currency,
            expected_close_on=self.expected_close_on,
            next_step_on=self.next_step_on,
            source=self.source,
            external=self.external,
            buyer_id=self.buyer_id,
            dealer_id=self.dealer_id,
            payer_id=self.payer_id,
            signed_by_id=self.signed_by_id,
        )

    def refuse_closed(self) -> None:
        """Nothing about a closed deal changes."""
        if self.status != "open":
            raise OpportunityClosed(opportunity_id=self.id, status=self.status)


class NextStep(TypedDict, total=False):
    """What comes next; what is not named stays as it is."""

    next_step: str
    next_step_on: date | None


class Changes(NextStep, Parties, total=False):
    """What a seller may correct on an open deal."""

    amount: Decimal
    product_id: UUID | None
    contact_id: UUID | None
    expected_close_on: date | None
    attributes: Mapping[str, Value | None]


Decision = tuple[Deal, Sequence[AnyOpportunityEvent]]


def list_value(product: Product | None, currency: str) -> Decimal:
    """The product's list price, if it is in the deal's currency: nobody has told us a rate."""
    if product is None or product.currency != currency:
        return Decimal(0)
    return product.list_price


def open_deal(
    *,
    id: UUID,
    customer_id: UUID | None,
    parties: Parties | None = None,
    contact_id: UUID | None = None,
    lead_id: UUID | None = None,
    product: Product | None,
    amount: Decimal | None,
    currency: str,
    expected_close_on: date | None = None,
    source: str = "",
    attributes: Mapping[str, Value] = MappingProxyType({}),
    next_step: str,
    next_step_on: date,
    pipeline: Pipeline,
    owner: Owner,
    today: date,
    now: datetime,
    history: bool = False,
) -> Decision:
    """A deal in the first stage; one whose amount nobody gave is worth its list price."""
    listed = list_value(product, currency)
    stage = pipeline.first
    deal = Deal(
        id=id,
        customer_id=customer_id,
        **(parties or {}),
        contact_id=contact_id,
        lead_id=lead_id,
        product_id=product.id if product else None,
        amount=listed if amount is None else amount,
        list_value=listed,
        currency=currency,
        source=source,
        attributes=dict(attributes),
        pipeline=pipeline.key,
        pipeline_version=pipeline.version,
        stage=stage.key,
        probability=stage.probability,
        stage_since=today,
        owner_id=owner.person_id,
        unit_id=owner.unit_id,
        expected_close_on=expected_close_on,
        next_step=next_step,
        next_step_on=next_step_on,
        engaged_on=today,
        opened_at=now,
    )
    return advance(
        deal,
        OpportunityOpened(
            opportunity_id=id,
            history=history,
            facts=deal.facts,
            lead_id=lead_id,
            contact_id=contact_id,
            pipeline=pipeline.key,
            pipeline_version=pipeline.version,
            stage=stage.key,
            probability=stage.probability,
            owner_id=owner.person_id,
            unit_id=owner.unit_id,
            opened_at=now,
        ),
    )


def refuse_unready(deal: Deal, *, pipeline: Pipeline, evidence: Evidence, today: date) -> None:
    """A deal opened by hand meets the gate of its first stage and has a next step."""
    lacking = gate.missing_at(pipeline.first, deal, evidence, today=today)
    lacking += gate.missing_next_step(deal, today=today)
    if lacking:
        raise GateClosed(what="opened", stage=deal.stage, missing=lacking)


def update(
    deal: Deal,
    *,
    changes: Changes,
    listed: Decimal,
    pipeline: Pipeline,
    before: Evidence,
    after: Evidence,
    today: date,
    now: datetime,
) -> Decision:
    """Correct an open deal; what its stage asked for at the gate cannot be taken away again."""
    deal.refuse_closed()
    changed = replace(deal, **_merged(deal, changes), list_value=listed)
    if changed == deal:
        return deal, ()
    stage = pipeline.stage(deal.stage)
    lacked = gate.missing_at(stage, deal, before, today=today)
    lacking = tuple(
        thing
        for thing in gate.missing_at(stage, changed, after, today=today)
        if thing not in lacked
    )
    if changes.keys() & NextStep.__annotations__.keys():
        lacking += gate.missing_next_step(changed, today=today)
    if lacking:
        raise GateClosed(what="changed like that", stage=deal.stage, missing=lacking)
    return advance(
        changed,
        OpportunityUpdated(opportunity_id=deal.id, facts=changed.facts, updated_at=now),
    )


def _merged(deal: Deal, changes: Changes) -> Changes:
    """Custom fields that are not named stay; one that is given as nothing is taken away."""
    if "attributes" not in changes:
        return changes
    given = {**deal.attributes, **changes["attributes"]}
    kept = {name: value for name, value in given.items() if value is not None}
    return {**changes, "attributes": kept}


def move(
    deal: Deal,
    *,
    to: str,
    reason: str,
    next_step: NextStep,
    pipeline: Pipeline,
    evidence: Evidence,
    by: UUID,
    today: date,
    now: datetime,
) -> Decision:
    """Move to the next stage if its gate is open; one step back is free, with a reason.

    Either way the deal leaves with a next step that is still to come.
    """
    deal.refuse_closed()
    here, there = pipeline.stage(deal.stage), pipeline.stage(to)
    if there.kind != "open":
        raise OutcomeNeeded(stage=to, opportunity_id=deal.id)
    if there == here:
        return deal, ()

    back = pipeline.is_step_back(here, there)
    if back and not reason:
        raise StepBackNeedsReason(stage=to)
    if not back:
        pipeline.refuse_out_of_reach(here, there)

    planned = replace(deal, **next_step)
    lacking = () if back else gate.missing_at(there, planned, evidence, today=today)
    lacking += gate.missing_next_step(planned, today=today)
    if lacking:
        raise GateClosed(what=f"moved to {to}", stage=to, missing=lacking)

    moved = OpportunityStageChanged(
        opportunity_id=deal.id,
        from_stage=here.key,
        to_stage=there.key,
        probability=there.probability,
        changed_by=by,
        changed_at=now,
    )
    events: list[AnyOpportunityEvent] = [moved]
    if planned.facts != deal.facts:
        events.append(
            OpportunityUpdated(opportunity_id=deal.id, facts=planned.facts, updated_at=now)
        )
    return advance(
        planned, *events, stage=there.key, probability=there.probability, stage_since=today
    )
