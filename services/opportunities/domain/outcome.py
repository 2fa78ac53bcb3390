"""How a deal ends: won or lost, through the same gates as any move, and locked from then on."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.opportunities.domain import gate
from services.opportunities.domain.deal import Deal, Decision
from services.opportunities.domain.gate import Evidence, GateClosed, Missing
from services.opportunities.domain.pipeline import Outcome, Pipeline
from shared.aggregate import advance
from shared.contracts.opportunities import OpportunityLost, OpportunityWon
from shared.refusals import Conflict

COMPETITOR = Missing(
    name="competitor",
    zh="请填写竞争对手：该原因需要说明是谁",
    en="Name the competitor: this reason asks who it was",
)


class ClosedOutOfTime(Conflict):
    """A deal that began on {engaged_on} cannot close on {closed_on}: it is {today} today."""


def close(
    deal: Deal,
    *,
    outcome: Outcome,
    reason: str,
    competitor: str,
    closed_on: date,
    amount: Decimal | None,
    pipeline: Pipeline,
    evidence: Evidence,
    by: UUID,
    today: date,
    now: datetime,
) -> Decision:
    """Win or lose the deal, for a reason from the list."""
    deal.refuse_closed()
    here, there = pipeline.stage(deal.stage), pipeline.ending(outcome)
    why = pipeline.reason(outcome, reason)
    pipeline.refuse_out_of_reach(here, there)
    if closed_on > today or (deal.engaged_on is not None and closed_on < deal.engaged_on):
        raise ClosedOutOfTime(engaged_on=deal.engaged_on, closed_on=closed_on, today=today)

    ended = replace(
        deal,
        amount=deal.amount if amount is None else amount,
        reason=reason,
        competitor=competitor,
        closed_on=closed_on,
    )
    lacking = gate.missing_at(there, ended, evidence, today=today)
    if why.names_competitor and not competitor:
        lacking += (COMPETITOR,)
    if lacking:
        raise GateClosed(what=outcome, stage=there.key, missing=lacking)

    return advance(
        ended,
        _event(ended, outcome=outcome, from_stage=here.key, to_stage=there.key, by=by, now=now),
        stage=there.key,
        status=outcome,
        probability=there.probability,
        stage_since=closed_on,
        next_step="",
        next_step_on=None,
    )


def _event(
    ended: Deal, *, outcome: Outcome, from_stage: str, to_stage: str, by: UUID, now: datetime
) -> OpportunityWon | OpportunityLost:
    closed_on = ended.closed_on or now.date()
    if outcome == "won":
        return OpportunityWon(
            opportunity_id=ended.id,
            from_stage=from_stage,
            to_stage=to_stage,
            amount=ended.amount,
            currency=ended.currency,
            reason=ended.reason,
            competitor=ended.competitor,
            closed_on=closed_on,
            closed_by=by,
            closed_at=now,
        )
    return OpportunityLost(
        opportunity_id=ended.id,
        from_stage=from_stage,
        to_stage=to_stage,
        reason=ended.reason,
        competitor=ended.competitor,
        closed_on=closed_on,
        closed_by=by,
        closed_at=now,
    )
