"""Working time in China and elsewhere, to the minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from shared.calendar import Calendar, Hours, NoWorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar()
H = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 3, 2), True, id="a Monday"),
        pytest.param(date(2026, 3, 7), False, id="a Saturday"),
        pytest.param(date(2026, 2, 14), True, id="a Saturday worked for Spring Festival"),
        pytest.param(date(2026, 2, 28), True, id="another one"),
        pytest.param(date(2026, 2, 17), False, id="Spring Festival"),
        pytest.param(date(2026, 10, 1), False, id="National Day"),
        pytest.param(date(2026, 10, 7), False, id="its last day"),
        pytest.param(date(2026, 10, 10), True, id="a Saturday worked for National Day"),
        pytest.param(date(2025, 9, 28), True, id="a Sunday worked for National Day"),
    ],
)
def test_holidays_and_make_up_workdays(day: date, works: bool):
    assert OFFICE.is_working_day(day) is works


def test_the_enterprise_has_the_last_word():
    calendar = Calendar(overrides={date(2026, 3, 2): False, date(2026, 10, 1): True})

    assert not calendar.is_working_day(date(2026, 3, 2))
    assert calendar.is_working_day(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("calendar", "day", "final"),
    [
        (OFFICE, date(2026, 5, 9), True),
        (OFFICE, date(2027, 1, 4), False),
        (Calendar(overrides={date(2027, 1, 4): True}), date(2027, 1, 4), True),
        (Calendar(country=None), date(2030, 1, 1), True),
    ],
)
def test_a_year_not_announced_yet_is_not_final(calendar: Calendar, day: date, final: bool):
    assert calendar.is_final(day) is final


@pytest.mark.parametrize(
    ("instant", "works"),
    [
        ("2026-03-02T08:59:59", False),
        ("2026-03-02T09:00:00", True),
        ("2026-03-02T11:59:59", True),
        ("2026-03-02T12:00:00", False),
        ("2026-03-02T13:30:00", True),
        ("2026-03-02T18:00:00", False),
        ("2026-03-07T10:00:00", False),
    ],
)
def test_working_hours_to_the_second(instant: str, works: bool):
    assert OFFICE.is_working(at(instant)) is works


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        pytest.param("2026-03-02T09:00", 1 * H, "2026-03-02T10:00", id="within the morning"),
        pytest.param("2026-03-02T11:30", 1 * H, "2026-03-02T14:00", id="over lunch"),
        pytest.param("2026-03-02T09:00", 3 * H, "2026-03-02T12:00", id="to the end of the morning"),
        pytest.param("2026-03-02T17:30", 1 * H, "2026-03-03T09:30", id="over night"),
        pytest.param("2026-03-06T17:30", 1 * H, "2026-03-09T09:30", id="over the weekend"),
        pytest.param("2026-03-07T03:00", 1 * H, "2026-03-09T10:00", id="begun on a weekend"),
        pytest.param("2026-03-02T07:00", 1 * H, "2026-03-02T10:00", id="begun before work"),
        pytest.param("2026-02-14T17:00", 2 * H, "2026-02-24T10:00", id="over Spring Festival"),
        pytest.param("2026-09-30T17:00", 8.5 * H, "2026-10-08T18:00", id="over National Day"),
        pytest.param("2026-03-02T12:30", 0 * H, "2026-03-02T13:30", id="nothing, during lunch"),
    ],
)
def test_a_deadline_in_working_time(start: str, amount: timedelta, end: str):
    assert OFFICE.add_working_time(at(start), amount) == at(end)


def test_what_was_added_lies_between():
    start = at("2026-02-13T16:17")
    for minutes in range(0, 3000, 37):
        amount = timedelta(minutes=minutes)

        end = OFFICE.add_working_time(start, amount)

        assert OFFICE.working_time_between(start, end) == amount


def test_no_time_lies_between_when_the_end_comes_first():
    assert OFFICE.working_time_between(at("2026-03-03T10:00"), at("2026-03-02T10:00")) == 0 * H


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 6), 0, date(2026, 3, 6)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 2, date(2026, 2, 25)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
    ],
)
def test_working_days_are_counted(day: date, count: int, expected: date):
    assert OFFICE.next_working_day(day, count) == expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-02T10:00", "2026-03-02T10:00"),
        ("2026-03-02T12:00", "2026-03-02T13:30"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),
    ],
)
def test_the_next_moment_somebody_works(instant: str, expected: str):
    assert OFFICE.next_working_moment(at(instant)) == at(expected)


def test_the_date_is_that_on_the_wall():
    assert OFFICE.date_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_clocks_that_change_do_not_lose_an_hour():
    berlin = ZoneInfo("Europe/Berlin")
    round_the_clock = Calendar(
        zone="Europe/Berlin",
        weekdays=frozenset(range(1, 8)),
        hours=(Hours(start=time(0), end=time(0)),),
        country=None,
    )

    end = round_the_clock.add_working_time(at("2026-03-28T12:00", berlin), 24 * H)

    assert end == at("2026-03-29T13:00", berlin)
    assert end - at("2026-03-28T12:00", berlin).astimezone(UTC) == 24 * H


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("hours", "day", "worked"),
    [
        pytest.param(("02:15", "02:45"), "2026-03-08", 0 * H, id="all of it left out"),
        pytest.param(("01:30", "02:30"), "2026-03-08", 0.5 * H, id="its end left out"),
        pytest.param(("02:30", "04:00"), "2026-03-08", H, id="its start left out"),
        pytest.param(("01:00", "04:00"), "2026-03-08", 2 * H, id="around what is left out"),
        pytest.param(("00:00", "00:00"), "2026-03-08", 23 * H, id="a day of 23 hours"),
        pytest.param(("01:00", "02:00"), "2026-11-01", 2 * H, id="shown twice"),
        pytest.param(("00:30", "01:30"), "2026-11-01", H, id="until its end is shown first"),
        pytest.param(("00:00", "00:00"), "2026-11-01", 25 * H, id="a day of 25 hours"),
    ],
)
def test_hours_when_the_clocks_change(hours: tuple[str, str], day: str, worked: timedelta):
    start, end = map(time.fromisoformat, hours)
    calendar = Calendar(
        zone="America/New_York",
        weekdays=frozenset(range(1, 8)),
        hours=(Hours(start=start, end=end),),
        country=None,
    )
    midnight = at(f"{day}T00:00", NEW_YORK)
    next_midnight = at(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", NEW_YORK)

    assert calendar.working_time_between(midnight, next_midnight) == worked


def test_a_year_round_the_clock_is_as_long_as_the_year():
    calendar = Calendar(
        weekdays=frozenset(range(1, 8)), hours=(Hours(start=time(0), end=time(0)),), country=None
    )
    start = at("2026-07-01T12:34:56")

    assert calendar.add_working_time(start, 24 * 365 * H) == start + 24 * 365 * H
    assert calendar.working_time_between(start, start + 24 * 365 * H) == 24 * 365 * H


def test_over_the_turn_of_a_year_time_adds_up():
    start, end = at("2025-11-03T10:00"), at("2028-02-07T16:00")
    halfway = at("2026-12-31T23:59")

    whole = OFFICE.working_time_between(start, end)

    parts = OFFICE.working_time_between(start, halfway), OFFICE.working_time_between(halfway, end)
    assert whole == parts[0] + parts[1]
    assert OFFICE.add_working_time(start, whole) == end


def test_what_was_worked_out_does_not_make_calendars_differ():
    used, fresh = Calendar(country=None), Calendar(country=None)

    used.add_working_time(at("2026-03-02T10:00"), H)

    assert used == fresh
    assert used.model_dump_json() == fresh.model_dump_json()


def test_a_calendar_without_working_time_says_so():
    over = Calendar(weekdays=frozenset(), country=None, overrides={date(2020, 1, 6): True})

    with pytest.raises(NoWorkingTime):
        over.add_working_time(at("2026-03-02T10:00"), H)


@pytest.mark.parametrize(
    "body",
    [
        {"zone": "Asia/Nowhere"},
        {"zone": "../../etc/passwd"},
        {"weekdays": [0]},
        {"weekdays": []},
        {"hours": []},
        {"hours": [{"start": "10:00", "end": "09:00"}]},
        {"hours": [{"start": "13:00", "end": "18:00"}, {"start": "09:00", "end": "12:00"}]},
        {"hours": [{"start": "09:00", "end": "00:00"}, {"start": "10:00", "end": "11:00"}]},
        {"country": "XX"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_calendar_that_makes_no_sense_is_refused(body: dict[str, Any]):
    with pytest.raises(ValidationError):
        Calendar.model_validate(body)


def test_a_calendar_goes_through_json():
    calendar = Calendar(overrides={date(2026, 3, 2): False})

    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar
