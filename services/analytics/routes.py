"""What may be asked of analytics over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.analytics import schemas
from services.analytics.domain import reports as catalogue
from services.analytics.handlers import rebuilds, reports
from services.analytics.queries import rebuilds as rebuild_queries
from services.analytics.schemas import RebuildOut, ReportKind, TableSum
from shared.web import EVERYBODY, Actor, Day, Now, Tx, allow, door

ReportDay = Annotated[Day, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]

report_router = door.router(prefix="/reports", tags=["reports"])
proof_router = door.router(tags=["rebuilds"])

READERS = allow(*EVERYBODY)
OPERATORS = allow("operator", "auditor")


@report_router.get("", dependencies=[READERS])
async def list_reports() -> list[ReportKind]:
    """Every report there is, and what it can be broken down by."""
    return [
        ReportKind(
            name=name,
            meaning=report.meaning,
            columns=report.columns,
            dimensions=report.dimensions,
        )
        for name, report in catalogue.REPORTS.items()
    ]


@report_router.get("/{name}", dependencies=[READERS])
async def read_report(
    name: str,
    tx: Tx,
    by: Annotated[str | None, Query(description="The dimension to break it down by")] = None,
    as_of: Annotated[
        ReportDay | None, Query(description="As it stood at the end of this day")
    ] = None,
    since: Annotated[
        ReportDay | None, Query(alias="from", description="The first day that counts")
    ] = None,
    until: Annotated[
        ReportDay | None, Query(alias="to", description="The last day that counts")
    ] = None,
    pipeline: Annotated[str | None, Query(description="Only deals of this pipeline")] = None,
) -> list[schemas.ReportRow]:
    """A report over everything you may see."""
    question = catalogue.ask(name, by=by, as_of=as_of, since=since, until=until, pipeline=pipeline)
    return await reports.answer(tx, question)


@proof_router.get("/checksums", dependencies=[OPERATORS])
async def read_checksums(tx: Tx) -> dict[str, TableSum]:
    """What each projection adds up to now."""
    picture = await rebuilds.take_picture(tx)
    return {
        table: TableSum(rows=found.rows, checksum=found.checksum)
        for table, found in picture.sums.items()
    }


@proof_router.post("/rebuilds", status_code=202, dependencies=[allow("operator")])
async def ask_for_rebuild(tx: Tx, actor: Actor, now: Now, response: Response) -> RebuildOut:
    """Build every projection again from the first event, beside the live ones, and compare."""
    rebuild_id = await rebuilds.ask_for_rebuild(tx, by=actor.id, now=now)
    response.headers["Location"] = f"/rebuilds/{rebuild_id}"
    return await rebuild_queries.rebuild(tx, rebuild_id)


@proof_router.get("/rebuilds/{rebuild_id}", dependencies=[OPERATORS])
async def read_rebuild(rebuild_id: UUID, tx: Tx) -> RebuildOut:
    """How far a rebuild has come, and at its end how each projection compares."""
    return await rebuild_queries.rebuild(tx, rebuild_id)
