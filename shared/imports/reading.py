"""A file being read: where it stands, and the next rows of it."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.imports import matching
from shared.imports.hook import Importer, RowOutcome
from shared.imports.mapping import Mapping
from shared.imports.rows import Rejected, RowReader
from shared.imports.state import Rejection
from shared.imports.table import Row, Table, open_table

R = TypeVar("R", bound=BaseModel)
LONGEST_KEPT = 200
_SAMPLE = 100


@dataclass(frozen=True)
class Batch(Generic[R]):
    """Some rows in the order of the file: those that can be applied, and those already rejected."""

    raw: dict[int, Row]
    good: Sequence[tuple[int, R]]
    rejected: Sequence[RowOutcome]

    @property
    def last(self) -> int:
        """The number of its last row."""
        return next(reversed(self.raw))

    def waves(self, identity: Callable[[R], Hashable] | None) -> Iterator[list[tuple[int, R]]]:
        """The good rows, so parted that each record occurs once in a part, in the file's order."""
        if identity is None:
            if self.good:
                yield list(self.good)
            return
        times: Counter[Hashable] = Counter()
        parts: list[list[tuple[int, R]]] = []
        for number, row in self.good:
            key = identity(row)
            if times[key] == len(parts):
                parts.append([])
            parts[times[key]].append((number, row))
            times[key] += 1
        yield from parts

    def rejections(self, outcomes: Iterable[RowOutcome]) -> list[Rejection]:
        """The rejected rows with their cells; giant ones are kept by their beginning."""
        return [
            Rejection(row=_shortened(self.raw[outcome.row]), outcome=outcome)
            for outcome in outcomes
            if outcome.effect == "rejected"
        ]


class Reading:
    """An open file of one import. Opening may take seconds, so both are meant for a thread."""

    def __init__(
        self, import_id: UUID, table: Table, mapping: Mapping, importer: Importer[Any]
    ) -> None:
        columns = (
            dict(mapping.columns)
            if mapping.columns
            else matching.suggest(table.header, importer, table.peek(_SAMPLE))
        )
        matching.check_columns(table.header, columns, importer)
        self.import_id = import_id
        self.table = table
        self.columns = {name: ", ".join(source.read) for name, source in columns.items()}
        self.position = 0
        """The last row that was skipped when the file was opened again."""
        self._reader = RowReader(importer.row, columns, zone=ZoneInfo(mapping.zone))

    @classmethod
    def open(
        cls,
        chunks: Iterable[bytes],
        *,
        import_id: UUID,
        mapping: Mapping,
        importer: Importer[Any],
        behind: int,
    ) -> "Reading":
        """Open the file and go on behind the row that took effect last."""
        table = open_table(chunks, mapping.form)
        try:
            reading = cls(import_id, table, mapping, importer)
            reading._skip(behind)
        except BaseException:
            table.close()
            raise
        return reading

    def take(self, count: int) -> Batch[Any] | None:
        """The next rows, or nothing when the file ends."""
        raw = {row.number: row for row in islice(self.table.rows, count)}
        if not raw:
            return None
        good: list[tuple[int, Any]] = []
        rejected: list[RowOutcome] = []
        for number, row in raw.items():
            match self._reader.read(row):
                case Rejected(field=field, reason=reason):
                    rejected.append(
                        RowOutcome(row=number, effect="rejected", field=field, reason=reason)
                    )
                case parsed:
                    good.append((number, parsed))
        return Batch(raw, good, rejected)

    def close(self) -> None:
        """Give its memory or disk back."""
        self.table.close()

    def _skip(self, behind: int) -> None:
        while self.position < behind:
            row = next(self.table.rows, None)
            if row is None:
                return
            self.position = row.number


def _shortened(row: Row) -> Row:
    if not row.reason:
        return row
    cells = {
        name: (f"{cell[:LONGEST_KEPT]}…" if len(cell) > 32_000 else cell).replace("\x00", "\ufffd")
        for name, cell in row.cells.items()
    }
    return Row(number=row.number, cells=cells, field=row.field, reason=row.reason)
