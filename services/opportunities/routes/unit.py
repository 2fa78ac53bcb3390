"""The org tree over HTTP."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import AwareDatetime, Field

from services.opportunities.domain.unit import Unit
from services.opportunities.handlers import business_time
from services.opportunities.handlers import unit as handlers
from services.opportunities.queries import directory as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import sent
from services.opportunities.schemas.unit import (
    CLEARABLE,
    ChartUnit,
    DayOut,
    LegalEntityOut,
    Merge,
    NewUnit,
    UnitChanges,
    UnitOut,
    VersionOut,
)
from shared.ids import external_id, new_id
from shared.web import EVERYBODY, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))]
DayCount = Annotated[int, Query(ge=1, le=400)]

router = door.router(prefix="/units", tags=["directory"])
entities = door.router(prefix="/legal-entities", tags=["directory"])


@entities.get("", response_model=Page[LegalEntityOut], dependencies=[allow(*EVERYBODY)])
async def list_legal_entities(tx: Tx, page: PageParams) -> Page[LegalEntityOut]:
    """Our own legal entities, which sign contracts, the newest first."""
    found = await queries.legal_entities(tx, page)
    return page.page(found, sort=lambda entity: (entity.created_at, entity.id))


@router.get("", response_model=Page[UnitOut], dependencies=[allow(*EVERYBODY)])
async def list_units(tx: Tx, page: PageParams) -> Page[UnitOut]:
    """Units of your part of the organisation, the newest first."""
    units = await queries.units(tx, page)
    return page.page(units, sort=lambda unit: (unit.created_at, unit.id))


@router.get("/chart", response_model=list[ChartUnit], dependencies=[allow(*EVERYBODY)])
async def show_chart(tx: Tx, now: Now, at: AwareDatetime | None = None) -> list[ChartUnit]:
    """The org tree of your part as it was at an instant, now unless told."""
    return await queries.chart(tx, at or now)


@router.get("/{unit_id}/history", response_model=list[VersionOut], dependencies=[allow(*EVERYBODY)])
async def list_unit_versions(unit_id: UUID, tx: Tx) -> list[VersionOut]:
    """How a unit was, the latest first: its moves, merges and leaders with their dates."""
    found(await queries.unit(tx, unit_id))
    return await queries.versions(tx, unit_id)


@router.post("/{unit_id}/merge", response_model=UnitOut, dependencies=[allow("operator")])
async def merge(
    unit_id: UUID, body: Merge, tx: Tx, now: Now, if_match: IfMatch, response: Response
) -> UnitOut:
    """Let a unit go on as another: its people and what hangs on it move there; it stays below, closed."""
    unit = await handlers.merge_units(
        tx, unit_id=unit_id, into_id=body.into_id, reason=body.reason, if_match=if_match, now=now
    )
    etag(response, unit.sequence)
    return found(await queries.unit(tx, unit_id))


@router.get("/{unit_id}", response_model=UnitOut, dependencies=[allow(*EVERYBODY)])
async def get_unit(unit_id: UUID, tx: Tx, response: Response) -> UnitOut:
    """One unit."""
    unit = found(await queries.unit(tx, unit_id))
    etag(response, unit.sequence)
    return unit


@router.get("/{unit_id}/days", response_model=list[DayOut], dependencies=[allow(*EVERYBODY)])
async def list_days(
    unit_id: UUID, tx: Tx, now: Now, since: Day | None = None, count: DayCount = 31
) -> list[DayOut]:
    """When the unit works: the days since one, today unless told, by its own or inherited calendar."""
    found(await queries.unit(tx, unit_id))
    calendar = await business_time.calendar(tx, unit_id)
    first = since or calendar.date_of(now)
    days = [first + timedelta(days=ahead) for ahead in range(count)]
    return [
        DayOut(date=day, works=calendar.is_working_day(day), is_final=calendar.is_final(day))
        for day in days
    ]


@router.post("", status_code=201, response_model=UnitOut, dependencies=[allow("operator")])
async def add_unit(body: NewUnit, tx: Tx, now: Now) -> UnitOut:
    """Hang a new unit into the tree."""
    known = body.external
    wanted = Unit(
        id=external_id("unit", known.system, known.id) if known else new_id(),
        **{name: getattr(body, name) for name in NewUnit.model_fields},
    )
    unit = await handlers.add_unit(tx, wanted=wanted, now=now)
    return found(await queries.unit(tx, unit.id))


@router.patch("/{unit_id}", response_model=UnitOut, dependencies=[allow("operator")])
async def change_unit(
    unit_id: UUID, body: UnitChanges, tx: Tx, now: Now, if_match: IfMatch, response: Response
) -> UnitOut:
    """Change, move or close a unit."""
    changes = sent(body, optional=CLEARABLE)
    unit = await handlers.change_unit(
        tx, unit_id=unit_id, changes=changes, if_match=if_match, now=now
    )
    etag(response, unit.sequence)
    return found(await queries.unit(tx, unit_id))


@router.put("/{unit_id}/live", response_model=UnitOut, dependencies=[allow("operator")])
async def go_live(unit_id: UUID, tx: Tx, now: Now, response: Response) -> UnitOut:
    """The unit works here from now on; history for it, and for units below it, is refused. For good."""
    unit = await handlers.go_live(tx, unit_id=unit_id, now=now)
    etag(response, unit.sequence)
    return found(await queries.unit(tx, unit_id))
