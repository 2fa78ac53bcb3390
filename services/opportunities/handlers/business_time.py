"""The enterprise's own days: what today is, and which days people work."""

from datetime import date, datetime

from shared.db import Tx


async def today(tx: Tx, now: datetime) -> date:
    """The date on the enterprise's calendar."""
    return (await calendars.current(tx)).date_of(now)


async def working_days_from(tx: Tx, day: date, *, days: int) -> date:
    """The working day that comes so many working days later."""
    return (await calendars.current(tx)).next_working_day(day, days)
