"""The reports there are, and what may be asked of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from services.analytics.domain.business_day import start_of
from shared.refusals import Invalid, NotFound

ReportName = Literal[
    "summary",
    "stage-counts",
    "win-rate",
    "cycle-days",
    "pipeline",
    "funnel",
    "source-conversion",
    "attribution",
    "efficiency",
]

LEAD_FUNNEL = "lead"
"""The name under which the road of leads stands beside the pipelines of deals."""


class UnknownReport(NotFound):
    """There is no report named `{report}`.

    Choose one of {available}.
    """


class UnknownDimension(Invalid):
    """The report `{report}` cannot be broken down by `{by}`.

    Choose one of {available}.
    """


class UnknownPipeline(Invalid):
    """No deal has been heard of in a pipeline named `{pipeline}`.

    Choose one of {available}.
    """


class EmptyPeriod(Invalid):
    """The period from {since} to {until} has no day in it."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report: what it says, what it can be broken down by, what stands in its rows."""

    meaning: str
    columns: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    default: str = ""
    """The breakdown when none is asked for; empty: one row over all."""
    needs_dimension: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A report someone asks for. Days are inclusive; nothing given means all time."""

    report: str
    by: str
    as_of: date | None = None
    since: date | None = None
    until: date | None = None
    pipeline: str | None = None

    @property
    def last_day(self) -> date | None:
        """The last day that counts: the end of the period, or the day looked back from."""
        return min((day for day in (self.until, self.as_of) if day is not None), default=None)

    @property
    def begins_at(self) -> datetime | None:
        """The instant the period begins."""
        return None if self.since is None else start_of(self.since)

    @property
    def ends_at(self) -> datetime | None:
        """The first instant after the last day."""
        return None if self.last_day is None else start_of(self.last_day + timedelta(days=1))

    @property
    def looks_back_to(self) -> datetime | None:
        """The first instant after the day looked back from."""
        return None if self.as_of is None else start_of(self.as_of + timedelta(days=1))


_TOUCHED = (
    "source",
    "origin",
    "channel",
    "campaign",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "click",
)
"""What is known of a touch."""

REPORTS: Mapping[ReportName, Report] = {
    "summary": Report(
        meaning="Closed deals: how many were won, how many lost, and what they brought",
        columns=("won", "lost", "win_rate", "won_value", "avg_deal", "median_deal"),
    ),
    "stage-counts": Report(
        meaning="How many deals stand in each stage",
        columns=("stage", "count"),
    ),
    "win-rate": Report(
        meaning="won / (won + lost); open deals are left out",
        columns=("won", "lost", "win_rate", "won_value"),
        dimensions=("region", "manager", "team", "seller", "product", "sector", "month"),
        needs_dimension=True,
    ),
    "cycle-days": Report(
        meaning="Whole days from engagement to closing",
        columns=("status", "p25", "median", "p75", "p90", "mean"),
    ),
    "pipeline": Report(
        meaning="Open deals and the sum of their list prices, now or as of a day",
        columns=("open", "list_value"),
    ),
    "funnel": Report(
        meaning="What enters each stage, what goes on from it, and how long it stays",
        columns=("pipeline", "stage", "entered", "converted", "conversion", "median_days"),
    ),
    "source-conversion": Report(
        meaning="Leads and how many became a deal",
        columns=("leads", "converted", "rate"),
        dimensions=(
            "source",
            "origin",
            "channel",
            "campaign",
            "region",
            "industry",
            "grade",
            "do_not_email",
            "do_not_call",
            "tag",
            "month",
        ),
    ),
    "attribution": Report(
        meaning="What brought those who came, the first time or the last, and what was won of it",
        columns=("leads", "deals", "won", "won_value"),
        dimensions=tuple(f"{which}_{what}" for which in ("first", "last") for what in _TOUCHED),
        default="first_source",
    ),
    "efficiency": Report(
        meaning="What sellers were given, what they did about it, and what came of it",
        columns=(
            "leads_assigned",
            "leads_touched",
            "first_response_hours",
            "activities",
            "won",
            "lost",
            "win_rate",
            "won_value",
            "open",
        ),
        dimensions=("seller", "team", "region"),
        default="seller",
    ),
}


def ask(
    report: str,
    *,
    by: str | None = None,
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    pipeline: str | None = None,
) -> Question:
    """A question that can be answered, or the refusal that says what could be asked instead."""
    found = next((kind for name, kind in REPORTS.items() if name == report), None)
    if found is None:
        raise UnknownReport(report=report, available=list(REPORTS))
    if (by is not None and by not in found.dimensions) or (by is None and found.needs_dimension):
        raise UnknownDimension(report=report, by=by or "", available=list(found.dimensions))
    question = Question(
        report=report,
        by=found.default if by is None else by,
        as_of=as_of,
        since=since,
        until=until,
        pipeline=pipeline,
    )
    if since is not None and question.last_day is not None and since > question.last_day:
        raise EmptyPeriod(since=since, until=question.last_day)
    return question
