"""History: deals of another system, taken over as facts with their own dates, without gates."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.opportunities.domain.deal import Deal, Decision, list_value
from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.pipeline import (
    USUAL_REASONS,
    Key,
    Pipeline,
    PipelineBody,
    PipelineKey,
    Reasons,
    Stage,
    StageKind,
    Wording,
)
from services.opportunities.domain.product import Product
from shared.aggregate import advance
from shared.contracts.base import Currency, ExternalId, Money
from shared.contracts.opportunities import OpportunityRecorded, StageEntered
from shared.custom_fields import measured
from shared.ids import external_id
from shared.imports import Headers

Text = Annotated[str, Field(max_length=200)]
Measure = Annotated[str | bool | float, BeforeValidator(measured)]


class HistoryRow(BaseModel):
    """One deal as the other system's file tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=200), Headers("商机编号", "Opportunity ID")]
    seller: Annotated[Text, Field(min_length=1), Headers("销售", "负责人", "Owner")]
    """Their id in that system, their user name or their name."""
    stage: Annotated[Text, Field(min_length=1), Headers("阶段", "Stage")]
    product: Annotated[Text, Headers("产品", "Product")] = ""
    customer: Annotated[Text, Headers("客户", "Account")] = ""
    """The customer's id in that system; blank when the file does not say."""
    engaged_on: Annotated[date | None, Headers("开始日期", "Engage Date")] = None
    closed_on: Annotated[date | None, Headers("关闭日期", "Close Date")] = None
    expected_close_on: Annotated[date | None, Headers("预计成交日期")] = None
    created_on: Annotated[date | None, Headers("创建日期", "Created Date")] = None
    amount: Annotated[Money | None, Field(ge=0), Headers("金额", "Amount")] = None
    currency: Annotated[Currency, Headers("币种", "Currency")] = "CNY"
    source: Annotated[Text, Headers("来源", "Lead Source")] = ""
    reason: Annotated[Text, Headers("原因", "Reason")] = ""
    competitor: Annotated[Text, Headers("竞争对手", "Competitor")] = ""
    lead: Annotated[Text, Headers("线索编号", "Lead ID")] = ""
    """Id in that system of the lead it came from."""
    attributes: Annotated[dict[str, Measure], Field(max_length=100)] = {}
    """Custom fields."""
    entered: dict[str, date] = {}
    """The day it came into each open stage it has been in, by stage."""


class DeclaredStage(BaseModel):
    """A stage of the other system: how its deals there are to be counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    kind: StageKind = "open"
    probability: Annotated[float, Field(ge=0, le=1)]
    label: Wording | None = None


class DeclaredPipeline(BaseModel):
    """The other system's pipeline, as a mapping declares it; it becomes a version of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: PipelineKey
    name: Wording | None = None
    stages: Annotated[tuple[DeclaredStage, ...], Field(min_length=3, max_length=40)]
    reasons: Reasons = USUAL_REASONS

    def body(self) -> PipelineBody:
        """Open stages follow one another, each may be lost, and the last may be won."""
        still_open = [stage.key for stage in self.stages if stage.kind == "open"]
        won = [stage.key for stage in self.stages if stage.kind == "won"]
        lost = [stage.key for stage in self.stages if stage.kind == "lost"]
        following = dict(zip(still_open, [[key] for key in still_open[1:]] + [won], strict=True))
        return PipelineBody(
            name=self.name or Wording(zh=self.key),
            stages=tuple(
                Stage(
                    **stage.model_dump(),
                    next=tuple(following[stage.key] + lost) if stage.kind == "open" else (),
                )
                for stage in self.stages
            ),
            reasons=self.reasons,
        )


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Why a row cannot be a fact, and which field to mend."""

    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """What the last run said of a deal, to tell an unchanged row from a changed one."""

    opportunity_id: UUID
    fingerprint: bytes
    run_id: UUID
    row: int
    sequence: int
    """Of the deal when it was recorded."""
    owner_id: UUID
    made_by: UUID | None = None
    """The import that made the deal, as long as it is not taken back."""
    said_by: UUID | None = None
    """The import that said something new of it last."""

    def is_still_so(self, deal: Deal) -> bool:
        """Whether the deal has neither moved nor changed hands here since."""
        return (deal.sequence, deal.owner_id) == (self.sequence, self.owner_id)


def fingerprint(row: HistoryRow, *, owner: Owner, product: Product | None) -> bytes:
    """Equal for equal rows about the same people and things."""
    # A row without custom fields looks as it did before there were any.
    said = row.model_dump_json(exclude=None if row.attributes else {"attributes"})
    resolved = f"{said}|{owner.person_id}|{product.id if product else ''}"
    return blake2b(resolved.encode(), digest_size=16).digest()


def flaw(
    row: HistoryRow,
    *,
    owner: Owner | None,
    product: Product | None,
    pipeline: Pipeline,
    today: date,
) -> Flaw | None:
    """What is wrong with the row, if anything: a history may be incomplete, but not impossible."""
    stage = next((stage for stage in pipeline.stages if stage.key == row.stage), None)
    if owner is None:
        return Flaw(field="seller", reason=f"no single seller is known as {row.seller!r}")
    if row.product and product is None:
        return Flaw(field="product", reason=f"no product is known as {row.product!r}")
    if stage is None:
        known = ", ".join(stage.key for stage in pipeline.stages)
        return Flaw(field="stage", reason=f"{row.stage!r} is not one of the stages: {known}")
    return (
        _flaw_in_dates(row, stage, today=today)
        or _flaw_in_path(row, stage, pipeline, today=today)
        or _flaw_in_amount(row, stage)
    )


def _flaw_in_dates(row: HistoryRow, stage: Stage, *, today: date) -> Flaw | None:
    if stage.kind == "open":
        if row.closed_on is not None:
            return Flaw(field="closed_on", reason="an open deal has no closing date")
    elif row.closed_on is None:
        return Flaw(field="closed_on", reason=f"a deal that is {stage.kind} has a closing date")
    for name, day in (("engaged_on", row.engaged_on), ("closed_on", row.closed_on)):
        if day is not None and day > today:
            return Flaw(field=name, reason=f"{day} is still to come, and history is past")
    if row.engaged_on and row.closed_on and row.closed_on < row.engaged_on:
        reason = f"closed on {row.closed_on}, before work began on {row.engaged_on}"
        return Flaw(field="closed_on", reason=reason)
    return None


def _flaw_in_path(row: HistoryRow, stage: Stage, pipeline: Pipeline, *, today: date) -> Flaw | None:
    path = _path(row, pipeline)
    if unknown := row.entered.keys() - {step.stage for step in path}:
        return Flaw(field=f"entered.{min(unknown)}", reason="it is not one of the open stages")
    before = row.engaged_on or date.min
    for step in path:
        if not before <= step.entered_on <= (row.closed_on or today):
            reason = f"{step.entered_on} does not lie between what came before and what came after"
            return Flaw(field=f"entered.{step.stage}", reason=reason)
        before = step.entered_on
    if path and stage.kind == "open" and path[-1].stage != stage.key:
        return Flaw(field="entered", reason=f"the last stage it came into is not {stage.key}")
    return None


def _path(row: HistoryRow, pipeline: Pipeline) -> tuple[StageEntered, ...]:
    return tuple(
        StageEntered(
            stage=stage.key, probability=stage.probability, entered_on=row.entered[stage.key]
        )
        for stage in pipeline.stages
        if stage.kind == "open" and stage.key in row.entered
    )


def _flaw_in_amount(row: HistoryRow, stage: Stage) -> Flaw | None:
    if stage.kind == "won" and row.amount is None:
        return Flaw(field="amount", reason="a deal that is won has a value")
    return None


def record(
    row: HistoryRow,
    *,
    id: UUID,
    system: str,
    customer_id: UUID | None,
    owner: Owner,
    product: Product | None,
    pipeline: Pipeline,
    previous: Deal | None,
    run_id: UUID,
    today: date,
    now: datetime,
) -> Decision:
    """The deal as it stood in the other system; a row without an amount is worth its list price."""
    stage = pipeline.stage(row.stage)
    listed = list_value(product, row.currency)
    began = row.engaged_on or row.created_on
    deal = Deal(
        id=id,
        customer_id=customer_id,
        lead_id=external_id("lead", system, row.lead) if row.lead else None,
        product_id=product.id if product else None,
        amount=_amount(row, stage, listed),
        list_value=listed,
        currency=row.currency,
        source=row.source,
        attributes=row.attributes,
        external=ExternalId(system=system, id=row.id),
        pipeline=pipeline.key,
        pipeline_version=pipeline.version,
        stage=stage.key,
        status=stage.kind,
        probability=stage.probability,
        stage_since=row.closed_on or row.entered.get(stage.key) or began or today,
        owner_id=owner.person_id,
        unit_id=owner.unit_id,
        expected_close_on=row.expected_close_on,
        engaged_on=row.engaged_on,
        closed_on=row.closed_on,
        reason=row.reason,
        competitor=row.competitor,
        opened_at=datetime.combine(began, time(), tzinfo=UTC) if began else now,
        sequence=previous.sequence if previous else 0,
    )
    if previous is not None and not began:
        deal = replace(deal, opened_at=previous.opened_at)
    path = _path(row, pipeline)
    return advance(deal, _recorded(deal, path, status=stage.kind, run_id=run_id, now=now))


def _amount(row: HistoryRow, stage: Stage, listed: Decimal) -> Decimal:
    if row.amount is not None:
        return row.amount
    return listed if stage.kind == "open" else Decimal(0)


def _recorded(
    deal: Deal,
    path: tuple[StageEntered, ...],
    *,
    status: StageKind,
    run_id: UUID,
    now: datetime,
) -> OpportunityRecorded:
    return OpportunityRecorded(
        opportunity_id=deal.id,
        history=True,
        facts=deal.facts,
        lead_id=deal.lead_id,
        pipeline=deal.pipeline,
        pipeline_version=deal.pipeline_version,
        path=path,
        stage=deal.stage,
        status=status,
        probability=deal.probability,
        owner_id=deal.owner_id,
        unit_id=deal.unit_id,
        engaged_on=deal.engaged_on,
        closed_on=deal.closed_on,
        reason=deal.reason,
        run_id=run_id,
        recorded_at=now,
    )
