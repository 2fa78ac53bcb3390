"""The enterprise's own days: what today is, and which days and hours people work."""

from datetime import date, datetime, timedelta

from shared import configuration
from shared.calendar import Calendar
from shared.db import Tx

CALENDAR = "calendar"


async def today(tx: Tx, now: datetime) -> date:
    """The date on the enterprise's calendar."""
    return (await _calendar(tx)).date_of(now)


async def working_days_from(tx: Tx, day: date, *, days: int) -> date:
    """The working day that comes so many working days later."""
    return (await _calendar(tx)).next_working_day(day, days)


async def deadline(tx: Tx, start: datetime, allowed: timedelta) -> datetime:
    """The instant by which so much working time has passed."""
    return (await _calendar(tx)).add_working_time(start, allowed)


async def seed_calendar(tx: Tx) -> None:
    """Give a new enterprise the working days of the country it is in."""
    await configuration.seed(
        tx,
        CALENDAR,
        Calendar().model_dump(mode="json"),
        checker=Calendar.model_validate,
        why="first start",
    )


async def _calendar(tx: Tx) -> Calendar:
    found = await configuration.current(tx, CALENDAR)
    return Calendar.model_validate(found.body)
