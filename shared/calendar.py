"""When people work: hours, holidays, make-up workdays (调休), and the enterprise's own exceptions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

LONGEST_SEARCH = timedelta(days=3660)
_MIDNIGHT = time(0)


class NoWorkingTime(ValueError):
    """The calendar has no working time within ten years."""


class Hours(BaseModel):
    """A stretch of working time on one day; an end of 00:00 is the midnight that ends the day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end != _MIDNIGHT and self.end <= self.start:
            raise ValueError("Working hours end after they start, on the same day")
        return self


def _checked_zone(name: object) -> object:
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("There is no such time zone") from unknown
    return name


Zone = Annotated[str, BeforeValidator(_checked_zone)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Calendar(BaseModel):
    """The working time of a part of the enterprise; also the body of its configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Zone = "Asia/Shanghai"
    weekdays: frozenset[Weekday] = frozenset((1, 2, 3, 4, 5))
    """ISO numbers, Monday being 1."""
    hours: tuple[Hours, ...] = Field(
        default=(Hours(start=time(9), end=time(12)), Hours(start=time(13, 30), end=time(18))),
        min_length=1,
    )
    country: str | None = "CN"
    """Whose public holidays are kept; nothing for none."""
    overrides: Mapping[date, bool] = Field(default_factory=dict)
    """Days the enterprise decides itself: true is a workday, false is not."""

    @model_validator(mode="after")
    def _is_orderly(self) -> Self:
        pairs = zip(self.hours, self.hours[1:], strict=False)
        if any(a.end == _MIDNIGHT or b.start < a.end for a, b in pairs):
            raise ValueError("Working hours stand in order and do not overlap")
        if self.country is not None and self.country not in holidays.list_supported_countries():
            raise ValueError("There is no such country")
        return self

    def date_of(self, instant: datetime) -> date:
        """The date on the wall when it is this instant."""
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def is_working_day(self, day: date) -> bool:
        """The enterprise's own word first, then the state's, then the week."""
        if day in self.overrides:
            return self.overrides[day]
        if self.country is not None:
            off, make_up = _public(self.country, day.year)
            if day in off:
                return False
            if day in make_up:
                return True
        return day.isoweekday() in self.weekdays

    def is_working(self, instant: datetime) -> bool:
        """Whether people work at this instant."""
        stretches = self._stretches(self.date_of(instant), days=1)
        return any(start <= instant < end for start, end in stretches)

    def is_final(self, day: date) -> bool:
        """False where the state has not yet said which weekends are worked for a holiday."""
        return day in self.overrides or self.country != "CN" or day.year <= _last_year_announced()

    def next_working_day(self, day: date, count: int = 1) -> date:
        """The working day that comes so many after this day."""
        for _ in range(LONGEST_SEARCH.days):
            if count <= 0:
                return day
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        raise NoWorkingTime

    def next_working_moment(self, instant: datetime) -> datetime:
        """This instant when people work, else the next one when they do."""
        for start, end in self._stretches(self.date_of(instant)):
            if instant < end:
                return max(start, instant)
        raise NoWorkingTime

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant by which so much working time has passed."""
        left = amount
        for opens, closes in self._stretches(self.date_of(start)):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise NoWorkingTime

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; none when the second is the earlier."""
        total = timedelta(0)
        for opens, closes in self._stretches(self.date_of(start)):
            if opens >= end:
                break
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        return total

    def _stretches(
        self, day: date, days: int = LONGEST_SEARCH.days
    ) -> Iterator[tuple[datetime, datetime]]:
        """Working time from a day on, as UTC: sums of it must not care for the clocks changing."""
        for ahead in range(days):
            current = day + timedelta(days=ahead)
            if self.is_working_day(current):
                for hours in self.hours:
                    ends_on = current + timedelta(days=hours.end == _MIDNIGHT)
                    yield self._at(current, hours.start), self._at(ends_on, hours.end)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)


@lru_cache(maxsize=256)
def _public(country: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays of a year, and weekend days worked in their place."""
    found = holidays.country_holidays(country, years=[year])
    make_up: set[date] = getattr(found, "weekend_workdays", set())
    return frozenset(found), frozenset(day for day in make_up if day.year == year)


@lru_cache(maxsize=1)
def _last_year_announced() -> int:
    """The State Council announces a year's make-up workdays in the November before it."""
    announced: Mapping[int, object] = holidays.country_holidays("CN").special_public_holidays
    return max(announced)
