"""For how long what senders sent is kept, byte for byte."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field


class RetentionPolicy(BaseModel):
    """The configuration `retention`. What waits in quarantine is kept until somebody has decided about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    submissions_days: float | None = Field(default=None, ge=1, le=36_500)
    """Since it came; nothing means for ever."""

    def emptied_before(self, now: datetime) -> datetime | None:
        """What came before that has been kept for long enough."""
        if self.submissions_days is None:
            return None
        return now - timedelta(days=self.submissions_days)
