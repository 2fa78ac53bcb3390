"""What operators decide: versioned, checked before it counts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.domain.escalation import EscalationPolicy
from shared.calendar import Calendar
from shared.configuration import Checker

ESCALATION = "escalation"


class Escalation(BaseModel):
    """How long a missed deadline stays between the owner and the reminder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=90))] = timedelta(
        hours=7, minutes=30
    )
    """One working day, as the calendar's hours make it."""
    working_time: bool = True
    """Whether only the calendar's hours count, or every hour."""
    calendar: Calendar = Calendar()
    """When people work, and in which time zone their days begin."""

    def policy(self) -> EscalationPolicy:
        """The same, as the domain takes it."""
        return EscalationPolicy(
            after=self.after,
            zone=ZoneInfo(self.calendar.zone),
            working_time=self.calendar if self.working_time else None,
        )


KINDS: Mapping[str, Checker] = {ESCALATION: Escalation.model_validate}
