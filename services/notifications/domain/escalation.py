"""How long an unanswered reminder stays between the owner and nobody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class WorkingTime(Protocol):
    """A calendar that knows when people work."""

    def add_working_time(self, start: datetime, amount: timedelta, /) -> datetime:
        """The moment when so much working time has passed since `start`."""
        ...


@dataclass(frozen=True, kw_only=True)
class EscalationPolicy:
    """Whoever leads the owner hears of a missed deadline `after` this long."""

    after: timedelta
    zone: ZoneInfo
    """Where days begin, and in whose time deadlines are told."""
    working_time: WorkingTime | None = None
    """The hours that count; without a calendar every hour does."""

    def escalate_at(self, missed: datetime) -> datetime:
        """When a deadline that was missed at `missed` goes up."""
        if self.working_time is None:
            return missed + self.after
        return self.working_time.add_working_time(missed, self.after)
