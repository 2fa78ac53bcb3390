"""What happens when somebody acts whose lead had come to an end: it is opened again, or a new one begins."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.lead import Lead

ACTED_AGAIN = "acted_again"
"""The reason of a return that nobody decided."""


class Silence(BaseModel):
    """After how much of it whoever comes is a new lead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    new_after_days: float | None = Field(default=None, ge=0, le=36_500)
    """Since the last touch; nothing means never: they are touches of the old one for ever."""

    def since(self, now: datetime) -> datetime | None:
        """Whoever was not heard of since then is somebody new."""
        if self.new_after_days is None:
            return None
        return now - timedelta(days=self.new_after_days)


class Ending(Silence):
    """A way to end that can be taken back."""

    reopens: bool = True
    """Whether a lead that acts again before that is worked on again."""
    except_for: tuple[str, ...] = Field(default=(), max_length=100)
    """Reasons it was given up for that stand."""


class ReturnPolicy(BaseModel):
    """The configuration `returns`, by how a lead had ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    disqualified: Ending = Ending()
    """Given up by somebody here."""
    closed: Ending = Ending()
    """Lost in another system, before it came here."""
    lost: Silence = Silence(new_after_days=0)
    """Converted, and its deal was lost."""
    converted: Silence = Silence()
    """Converted, and its deal is open or won."""

    def reopens(self, lead: Lead, *, acted_at: datetime) -> bool:
        """Whether what was done then opens a lead that is over; what came before the end does not."""
        if lead.state not in ("disqualified", "closed"):
            return False
        ending = self.disqualified if lead.state == "disqualified" else self.closed
        is_later = acted_at > (lead.ended_at or lead.touched_at)
        return is_later and ending.reopens and lead.disqualified_for not in ending.except_for
