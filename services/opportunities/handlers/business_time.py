"""People's own days: what today is, and which days and hours they work, by the calendar of their unit.

A unit that names no calendar works by that of the unit above it; the enterprise has one for all.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from services.opportunities.repository import unit as units
from shared import configuration
from shared.calendar import Calendar
from shared.configuration import Configuration, NotConfigured
from shared.db import Tx
from shared.principals import ROOT_UNIT

CALENDAR = "calendar"
"""The enterprise's own; those that units may name are called `calendar:<name>`."""


async def today(tx: Tx, now: datetime, *, unit_id: UUID = ROOT_UNIT) -> date:
    """The date on the unit's calendar."""
    return (await calendar(tx, unit_id)).date_of(now)


async def deadline(tx: Tx, start: datetime, allowed: timedelta, *, unit_id: UUID) -> datetime:
    """The instant by which so much of the unit's working time has passed."""
    return (await calendar(tx, unit_id)).add_working_time(start, allowed)


async def calendar(tx: Tx, unit_id: UUID = ROOT_UNIT) -> Calendar:
    """The calendar that a unit works by."""
    return (await calendars(tx, [unit_id]))[unit_id]


async def calendars(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, Calendar]:
    """The calendar that each of these units works by."""
    known = await configuration.family_as(tx, CALENDAR, _by_name)
    if "" not in known:
        raise NotConfigured(kind=CALENDAR)
    named = await units.calendars(tx, unit_ids) if len(known) > 1 else {}
    return {unit_id: known[named.get(unit_id, "")] for unit_id in unit_ids}


async def exists(tx: Tx, name: str) -> bool:
    """Whether a unit may name this calendar; no name stands for that of the unit above it."""
    return not name or name in await configuration.family_as(tx, CALENDAR, _by_name)


async def seed_calendar(tx: Tx) -> None:
    """Give a new enterprise the working days of the country it is in."""
    await configuration.seed(
        tx,
        CALENDAR,
        Calendar().model_dump(mode="json"),
        checker=Calendar.model_validate,
        why="first start",
    )


def _by_name(found: Sequence[Configuration]) -> Mapping[str, Calendar]:
    return {one.kind.partition(":")[2]: Calendar.model_validate(one.body) for one in found}
