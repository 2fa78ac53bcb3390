"""Whether somebody is there: absences, shifts of their own, else the hours of their unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.opportunities.domain.turns import Candidate
from shared.aggregate import advance
from shared.calendar import Calendar, NoWorkingTime
from shared.contracts.opportunities import AbsenceEnded, AbsencePlanned, Shift
from shared.refusals import Conflict

Events = Sequence[AbsencePlanned | AbsenceEnded]
LONGEST_ABSENCE = timedelta(days=3 * 366)
A_FORTNIGHT = 15
"""Days in which a weekly pattern shows every shift twice, and holidays in between seldom hide both."""


class AbsentAlready(Conflict):
    """They are out of office from {starts_at} to {ends_at} already.

    End that absence first, or plan one that does not overlap.
    """


class AbsenceIsOver(Conflict):
    """This absence ended at {ends_at}."""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Somebody is out of office, and perhaps somebody else stands in for them."""

    id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    stand_in_id: UUID | None = None
    planned_by: UUID
    sequence: int = 0


def plan(wanted: Absence, *, others: Sequence[Absence]) -> tuple[Absence, Events]:
    """Plan an absence beside the others of the same person, which it must not overlap."""
    for other in others:
        if wanted.starts_at < other.ends_at and other.starts_at < wanted.ends_at:
            raise AbsentAlready(starts_at=other.starts_at, ends_at=other.ends_at)
    return advance(
        wanted,
        AbsencePlanned(
            absence_id=wanted.id,
            person_id=wanted.person_id,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            stand_in_id=wanted.stand_in_id,
            planned_by=wanted.planned_by,
        ),
    )


def end(held: Absence, *, by: UUID, now: datetime) -> tuple[Absence, Events]:
    """They are back, or do not leave at all."""
    if held.ends_at <= now:
        raise AbsenceIsOver(ends_at=held.ends_at)
    back = replace(held, starts_at=min(held.starts_at, now), ends_at=now)
    return advance(
        back,
        AbsenceEnded(absence_id=held.id, person_id=held.person_id, ended_by=by, ended_at=now),
    )


def off_until(shifts: Sequence[Shift], calendar: Calendar, now: datetime) -> datetime | None:
    """When somebody begins to work again; nothing when they are at work now.

    For somebody who has no working time in sight it is when to look again.
    """
    not_soon = now + timedelta(days=A_FORTNIGHT)
    if not shifts:
        try:
            start = calendar.next_working_moment(now)
        except NoWorkingTime:
            return not_soon
        return start if start > now else None
    for start, end in _stretches(shifts, calendar, now):
        if end > now:
            return start if start > now else None
    return not_soon


def seen(someone: Candidate, gone: Absence | None, off: datetime | None) -> Candidate:
    """Somebody as a choice sees them: out of office, off duty, or there."""
    if gone is None and off is None:
        return someone
    return replace(
        someone,
        absent_until=gone.ends_at if gone else None,
        stand_in_id=gone.stand_in_id if gone else None,
        off_until=off,
    )


def _stretches(
    shifts: Sequence[Shift], calendar: Calendar, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Shifts from yesterday on, as instants; a public holiday is nobody's day."""
    zone, today = ZoneInfo(calendar.zone), calendar.date_of(now)
    for ahead in range(-1, A_FORTNIGHT):
        day = today + timedelta(days=ahead)
        if calendar.is_holiday(day):
            continue
        for shift in shifts:
            if shift.weekday == day.isoweekday():
                last = day + timedelta(days=shift.end <= shift.start)
                start = datetime.combine(day, shift.start, zone).astimezone(UTC)
                yield start, datetime.combine(last, shift.end, zone).astimezone(UTC)
