"""Taking back what an import did to records that are numbered by their events: customers and contacts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.imports import RowOutcome

R = TypeVar("R")
"""A customer or a contact."""
Change = tuple[R, tuple[Any, ...]]
"""A record, and what was said of it."""


@dataclass(frozen=True, kw_only=True)
class RecordTrace(Generic[R]):
    """What one import did to one record."""

    before: R | None
    """The record as it was; nothing when the import made it."""
    after: int
    """The record's sequence as the import left it."""


@dataclass(frozen=True, kw_only=True)
class TakingBack(Generic[R]):
    """How a kind of record is taken back."""

    why_it_stays: Callable[[R, RecordTrace[R]], str]
    """Why what the import did cannot be taken back; nothing when it can."""
    withdraw: Callable[[R], Change[R]]
    restore: Callable[[R, R], Change[R]]
    """The record, and as it was before."""

    def of(
        self,
        meant: Mapping[int, UUID],
        found: Mapping[UUID, R],
        traces: Mapping[UUID, RecordTrace[R]],
    ) -> tuple[list[RowOutcome], list[Change[R]]]:
        """What becomes of each row, and of each record once, however many rows are about it."""
        outcomes: list[RowOutcome] = []
        changes: dict[UUID, Change[R]] = {}
        for number, record_id in meant.items():
            held, trace = found.get(record_id), traces.get(record_id)
            if held is None or trace is None or record_id in changes:
                outcomes.append(RowOutcome(row=number, effect="unchanged"))
            elif reason := self.why_it_stays(held, trace):
                outcomes.append(
                    RowOutcome(row=number, effect="rejected", field="external_id", reason=reason)
                )
            elif trace.before is None:
                changes[record_id] = self.withdraw(held)
                outcomes.append(RowOutcome(row=number, effect="withdrawn"))
            else:
                changes[record_id] = self.restore(held, trace.before)
                outcomes.append(RowOutcome(row=number, effect="restored"))
        return outcomes, list(changes.values())
