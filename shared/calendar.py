"""When people work: hours, holidays, make-up workdays (调休), and the enterprise's own exceptions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.contracts.base import Clock

LONGEST_SEARCH = timedelta(days=3660)
LONGEST_SEARCH_YEARS = 11
_MIDNIGHT = time(0)
_NONE = timedelta(0)
_SECOND = timedelta(seconds=1)


class NoWorkingTime(ValueError):
    """The calendar has no working time within ten years."""


class Hours(BaseModel):
    """A stretch of working time on one day; an end of 00:00 is the midnight that ends the day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Clock
    end: Clock

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
        if not self.weekdays and True not in self.overrides.values():
            raise ValueError("A calendar has a working day")
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

    def is_holiday(self, day: date) -> bool:
        """A day off by the enterprise's own word or the state's, whatever day of the week it is."""
        if day in self.overrides:
            return not self.overrides[day]
        return self.country is not None and day in _public(self.country, day.year)[0]

    def is_working(self, instant: datetime) -> bool:
        """Whether people work at this instant."""
        year = self._year(self.date_of(instant).year)
        place = year.next_at(instant)
        return place < len(year.starts) and year.starts[place] <= instant

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
        for year in self._years_from(instant):
            place = year.next_at(instant)
            if place < len(year.starts):
                return max(year.starts[place], instant)
        raise NoWorkingTime

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant by which so much working time has passed."""
        if amount <= _NONE:
            return self.next_working_moment(start) + amount
        left = amount
        for year in self._years_from(start):
            reached = year.worked_until(start) + left
            if reached <= year.total:
                return year.instant_of(reached)
            left = reached - year.total
        raise NoWorkingTime

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; none when the second is the earlier."""
        if end <= start:
            return _NONE
        total = _NONE
        for year in self._years_from(start):
            total += year.worked_until(end) - year.worked_until(start)
            if year.ends_after(end):
                break
        return total

    def _years_from(self, instant: datetime) -> Iterator["_Year"]:
        first = self.date_of(instant).year
        for number in range(first, min(first + LONGEST_SEARCH_YEARS, date.max.year)):
            yield self._year(number)

    def _year(self, number: int) -> "_Year":
        known = self.years_at_hand.get(number)
        if known is None:
            known = self.years_at_hand[number] = _Year.of(self._stretches(number))
        return known

    @cached_property
    def years_at_hand(self) -> dict[int, "_Year"]:
        """Those that were asked for."""
        return {}

    def _stretches(self, year: int) -> Iterator[tuple[datetime, datetime]]:
        """Working time of a year as UTC: sums of it must not care for the clocks changing.

        Hours that the clocks leave out are not worked. Those they show twice are, from when they show
        the start for the first time until they show the end for the first time.
        """
        first = date(year, 1, 1)
        for ahead in range((date(year + 1, 1, 1) - first).days):
            current = first + timedelta(days=ahead)
            if self.is_working_day(current):
                for hours in self.hours:
                    ends_on = current + timedelta(days=hours.end == _MIDNIGHT)
                    start, end = self._at(current, hours.start), self._at(ends_on, hours.end)
                    if start < end:
                        yield start, end

    def _at(self, day: date, clock: time) -> datetime:
        """The instant when the clocks show this; where they leave it out, the one when they jump."""
        zone = ZoneInfo(self.zone)
        wall = datetime.combine(day, clock, zone)
        late = wall.astimezone(UTC)
        if late.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return late
        early = wall.replace(fold=1).astimezone(UTC)
        before = early.astimezone(zone).utcoffset()
        while late - early > _SECOND:
            middle = early + (late - early) // 2
            if middle.astimezone(zone).utcoffset() == before:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class _Year:
    """The stretches of working time in one year of a calendar, so that none has to be walked through."""

    starts: Sequence[datetime]
    ends: Sequence[datetime]
    worked: Sequence[timedelta]
    """By the end of each stretch, since the year began."""

    @classmethod
    def of(cls, stretches: Iterable[tuple[datetime, datetime]]) -> Self:
        pairs = list(stretches)
        return cls(
            starts=[start for start, _ in pairs],
            ends=[end for _, end in pairs],
            worked=list(accumulate(end - start for start, end in pairs)),
        )

    @property
    def total(self) -> timedelta:
        return self.worked[-1] if self.worked else _NONE

    def next_at(self, instant: datetime) -> int:
        """The place of the first stretch that is not over."""
        return bisect_right(self.ends, instant)

    def worked_until(self, instant: datetime) -> timedelta:
        place = self.next_at(instant)
        before = self.worked[place - 1] if place else _NONE
        if place == len(self.starts):
            return before
        return before + max(_NONE, instant - self.starts[place])

    def instant_of(self, worked: timedelta) -> datetime:
        """When so much of the year was worked."""
        place = bisect_left(self.worked, worked)
        return self.ends[place] - (self.worked[place] - worked)

    def ends_after(self, instant: datetime) -> bool:
        return bool(self.ends) and instant <= self.ends[-1]


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
