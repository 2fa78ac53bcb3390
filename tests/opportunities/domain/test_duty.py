from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from services.opportunities.domain import duty
from services.opportunities.domain.duty import Absence, AbsenceIsOver, AbsentAlready
from shared.calendar import Calendar
from shared.contracts.opportunities import AbsenceEnded, AbsencePlanned, Shift

TUESDAY = datetime(2026, 3, 10, tzinfo=UTC)
"""Midnight in Greenwich, eight in the morning in Shanghai."""
ANNA, BEN = UUID(int=101), UUID(int=102)
NIGHTS = tuple(Shift(weekday=day, start=time(22), end=time(6)) for day in (1, 2, 6, 7))


def absence(first: int, last: int) -> Absence:
    """From one day to another, counted from Tuesday."""
    return Absence(
        id=UUID(int=first + 1000),
        person_id=ANNA,
        starts_at=TUESDAY + timedelta(days=first),
        ends_at=TUESDAY + timedelta(days=last),
        stand_in_id=BEN,
        planned_by=ANNA,
    )


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        pytest.param(1, None, id="nine in the morning"),
        pytest.param(4.5, 5.5, id="lunch"),
        pytest.param(11, 25, id="after work"),
        pytest.param(24 * 3 + 11, 24 * 6 + 1, id="Friday evening"),
    ],
)
def test_who_has_no_shifts_works_when_their_unit_does(hours: float, until: float | None):
    back = duty.off_until((), Calendar(), TUESDAY + timedelta(hours=hours))

    assert back == (TUESDAY + timedelta(hours=until) if until else None)


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        pytest.param(-3, None, id="five in the morning, since yesterday evening"),
        pytest.param(1, 14, id="nine in the morning"),
        pytest.param(15, None, id="eleven at night"),
        pytest.param(24 * 1 + 15, 24 * 4 + 14, id="Wednesday night, until Saturday evening"),
    ],
)
def test_shifts_may_go_over_midnight_and_the_weekend(hours: float, until: float | None):
    back = duty.off_until(NIGHTS, Calendar(), TUESDAY + timedelta(hours=hours))

    assert back == (TUESDAY + timedelta(hours=until) if until else None)


def test_a_public_holiday_is_nobody_s_shift():
    national_day = datetime(2026, 10, 1, 15, tzinfo=UTC)
    every_night = tuple(Shift(weekday=day, start=time(22), end=time(6)) for day in range(1, 6))

    back = duty.off_until(every_night, Calendar(), national_day)

    assert back == datetime(2026, 10, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize("shifts", [NIGHTS, ()], ids=["shifts", "the unit's hours"])
def test_for_somebody_who_never_works_it_is_when_to_look_again(shifts: tuple[Shift, ...]):
    never = Calendar(overrides={TUESDAY.date() + timedelta(days=n): False for n in range(-1, 20)})

    again = duty.off_until(shifts, never, TUESDAY)

    assert again is not None
    assert again >= TUESDAY + timedelta(days=duty.A_FORTNIGHT)


def test_an_absence_is_planned_beside_others_and_says_so():
    planned, [event] = duty.plan(absence(3, 5), others=[absence(0, 3), absence(5, 9)])

    assert isinstance(event, AbsencePlanned)
    assert (planned.sequence, event.stand_in_id) == (1, BEN)


@pytest.mark.parametrize(("first", "last"), [(0, 4), (4, 9), (3, 5), (0, 9)])
def test_nobody_is_absent_twice_at_once(first: int, last: int):
    with pytest.raises(AbsentAlready):
        duty.plan(absence(first, last), others=[absence(3, 5)])


def test_who_is_back_earlier_is_there_from_then_on():
    back, [event] = duty.end(absence(0, 5), by=ANNA, now=TUESDAY + timedelta(days=2))

    assert isinstance(event, AbsenceEnded)
    assert back.ends_at == TUESDAY + timedelta(days=2)


def test_an_absence_that_is_called_off_never_was():
    back, _ = duty.end(absence(3, 5), by=ANNA, now=TUESDAY)

    assert back.starts_at == back.ends_at == TUESDAY


def test_an_absence_ends_once():
    with pytest.raises(AbsenceIsOver):
        duty.end(absence(0, 1), by=ANNA, now=TUESDAY + timedelta(days=1))
