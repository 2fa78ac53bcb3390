"""The enterprise's own days: what today is, and which days and hours people work."""

from datetime import date, datetime, timedelta

from shared import configuration
from shared.calendar import Calendar
from shared.db import Tx

CALENDAR = "calendar"


async def today(tx: Tx, now: datetime) -> date:
    """The date on the enterprise's calendar."""
    return (await calendar(tx)).date_of(now)


async def deadline(tx: Tx, start: datetime, allowed: timedelta) -> datetime:
    """The instant by which so much working time has passed."""
    return (await calendar(tx)).add_working_time(start, allowed)


async def seed_calendar(tx: Tx) -> None:
    """Give a new enterprise the working days of the country it is in."""
    await configuration.seed(
        tx,
        CALENDAR,
        Calendar().model_dump(mode="json"),
        checker=Calendar.model_validate,
        why="first start",
    )


async def calendar(tx: Tx) -> Calendar:
    """The calendar in force."""
    found = await configuration.current(tx, CALENDAR)
    return Calendar.model_validate(found.body)
