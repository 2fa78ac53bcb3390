"""Answering what managers ask."""

from collections.abc import Awaitable, Callable, Mapping

from services.analytics.domain.reports import LEAD_FUNNEL, Question, UnknownPipeline
from services.analytics.queries import attribution, deals, efficiency, leads, stages
from services.analytics.schemas import ReportRow
from shared.db import Tx

Answer = Callable[[Tx, Question], Awaitable[list[ReportRow]]]


async def answer(tx: Tx, question: Question) -> list[ReportRow]:
    """The report's rows, of what the caller may see."""
    await _refuse_unknown_pipeline(tx, question)
    return await ANSWERS[question.report](tx, question)


async def stage_counts(tx: Tx, question: Question) -> list[ReportRow]:
    """Where deals stand, or stood at the end of a day."""
    if question.as_of is None:
        return await stages.stage_counts(tx, question)
    return await stages.stage_counts_as_of(tx, question)


async def funnel(tx: Tx, question: Question) -> list[ReportRow]:
    """The road of leads, then each pipeline of deals; or the one that is asked for."""
    rows: list[ReportRow] = []
    if question.pipeline in (None, LEAD_FUNNEL):
        rows += await leads.lead_funnel(tx, question)
    if question.pipeline != LEAD_FUNNEL:
        rows += await stages.deal_funnel(tx, question)
    return rows


async def source_conversion(tx: Tx, question: Question) -> list[ReportRow]:
    """All leads in one row, or by a dimension."""
    if not question.by:
        return await leads.conversion(tx, question)
    return await leads.conversion_by(tx, question)


async def _refuse_unknown_pipeline(tx: Tx, question: Question) -> None:
    if question.pipeline is None:
        return
    known = [*await stages.pipelines(tx), LEAD_FUNNEL]
    if question.pipeline not in known:
        raise UnknownPipeline(pipeline=question.pipeline, available=known)


ANSWERS: Mapping[str, Answer] = {
    "summary": deals.summary,
    "stage-counts": stage_counts,
    "win-rate": deals.win_rate,
    "cycle-days": deals.cycle_days,
    "pipeline": deals.pipeline,
    "funnel": funnel,
    "source-conversion": source_conversion,
    "attribution": attribution.attribution,
    "efficiency": efficiency.efficiency,
}
