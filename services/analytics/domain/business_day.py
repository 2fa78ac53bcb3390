"""The enterprise's day: what turns an instant into a date, and back."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

BUSINESS_ZONE = "Asia/Shanghai"
"""Where a day begins and ends. Fixed: another zone would make other projections of the same events."""


def start_of(day: date) -> datetime:
    """The instant a day begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(BUSINESS_ZONE))
