"""Which unit a row of a file belongs to, and whether its past may still be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.live import why_closed
from shared.refusals import FieldError


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The units that rows name, and those that work here already."""

    named: Mapping[str, UUID]
    live: Mapping[UUID, datetime]
    """Empty unless the file tells history."""

    def unit_of(self, name: str) -> UUID | None:
        """The unit a row names; nothing when it names none."""
        return self.named.get(name)

    def errors_in(self, name: str, *unit_ids: UUID | None) -> tuple[FieldError, ...]:
        """Why a row cannot be taken in for the unit it names, or for those its record is with."""
        if name and name not in self.named:
            reason = f"no single unit is called {name}"
        else:
            reason = why_closed(self.live, self.unit_of(name), *unit_ids)
        return (FieldError(pointer="/unit", reason=reason),) if reason else ()
