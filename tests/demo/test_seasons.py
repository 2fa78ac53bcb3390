"""A year has a rhythm: weeks, holidays, and the Spring Festival above all."""

from datetime import date, timedelta

import pytest

from shangji.demo.seasons import Seasons

SEASONS = Seasons(date(2026, 11, 20))


def test_the_year_ends_yesterday():
    days = SEASONS.days

    assert (days[0], days[-1]) == (date(2025, 11, 20), date(2026, 11, 19))


@pytest.mark.parametrize(
    ("day", "least", "most"),
    [
        pytest.param(date(2026, 3, 11), 1, 1, id="a Wednesday"),
        pytest.param(date(2026, 3, 14), 0.1, 0.2, id="a Saturday"),
        pytest.param(date(2026, 9, 20), 1, 1, id="a Sunday that is worked (调休)"),
        pytest.param(date(2026, 10, 1), 0.1, 0.2, id="the National Day"),
        pytest.param(date(2026, 2, 13), 0.3, 0.7, id="a few days before the Spring Festival"),
        pytest.param(date(2026, 2, 18), 0, 0.02, id="the Spring Festival"),
        pytest.param(date(2026, 2, 26), 0.4, 0.8, id="people come back"),
        pytest.param(date(2026, 3, 6), 1, 1, id="after the Lantern Festival"),
    ],
)
def test_how_busy_a_day_is(day: date, least: float, most: float):
    assert least <= SEASONS.busyness(day) <= most


def test_nothing_is_closed_in_the_middle_of_the_festival():
    assert SEASONS.working_day_from(date(2026, 2, 16)) >= date(2026, 2, 24)
    assert SEASONS.working_day_from(date(2026, 3, 11)) == date(2026, 3, 11)


def test_next_years_festival_is_known_as_well():
    spring = Seasons(date(2026, 1, 10))

    assert spring.busyness(date(2025, 1, 29)) < 0.1
    assert len(spring.days) == timedelta(days=365).days
