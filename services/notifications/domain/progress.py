"""What has been done about a record, as far as this service has heard."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Progress:
    """When somebody last did something about a record, and when there was nothing left to do."""

    last_activity_at: datetime | None = None
    closed_at: datetime | None = None

    def since(self, moment: datetime) -> datetime | None:
        """When the record was dealt with at or after `moment`; a closed record needs nothing more."""
        if self.closed_at is not None:
            return self.closed_at
        if self.last_activity_at is not None and self.last_activity_at >= moment:
            return self.last_activity_at
        return None


NOTHING_HEARD = Progress()
