"""How busy a day is: weekends, holidays, and the weeks around the Spring Festival."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import holidays

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
SPRING_FESTIVAL = "春节"


@dataclass
class Seasons:
    """The rhythm of a year that ends today."""

    today: date
    _free: holidays.HolidayBase = field(init=False)
    _festivals: tuple[date, ...] = field(init=False)

    def __post_init__(self) -> None:
        years = range(self.today.year - 1, self.today.year + 2)
        self._free = holidays.country_holidays("CN", years=years, language="zh_CN")
        named = sorted(day for day, name in self._free.items() if name == SPRING_FESTIVAL)
        self._festivals = tuple({day.year: day for day in reversed(named)}.values())

    @property
    def days(self) -> list[date]:
        """The days of the year, the first one first; today is not over and left out."""
        return list(_days(self.today - YEAR, self.today))

    def busyness(self, day: date) -> float:
        """1 on an ordinary working day, nearly nothing in the middle of the Spring Festival."""
        return self._week(day) * self._festival(day)

    def _week(self, day: date) -> float:
        return 1.0 if self._free.is_working_day(day) else 0.12

    def _festival(self, day: date) -> float:
        """People leave a week before, and come back slowly until the Lantern Festival."""
        for festival in self._festivals:
            after = (day - festival).days
            if -8 <= after < 0:
                return 0.75 - 0.06 * (8 + after)
            if 0 <= after < 8:
                return 0.06
            if 8 <= after < 16:
                return 0.45 + 0.06 * (after - 8)
        return 1.0

    def working_day_from(self, day: date) -> date:
        """The day itself, or the next one on which people work."""
        while self.busyness(day) < 0.3:
            day += DAY
        return day


def _days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += DAY
