"""One file on its way, as it is stored and as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import BaseModel, JsonValue

from shared.imports.hook import Effect, RowOutcome
from shared.imports.mapping import Mapping
from shared.imports.table import Row

State = Literal["queued", "running", "done", "refused"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A file that is not finished, locked by whoever works on it."""

    id: UUID
    kind: str
    dry_run: bool
    mapping: Mapping
    actor_id: UUID
    unit_id: UUID
    row_cursor: int
    undoes: UUID | None


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A row that was not taken in, with its cells as they stood in the file."""

    row: Row
    outcome: RowOutcome


class ImportOut(BaseModel):
    """How far a file has come."""

    id: UUID
    kind: str
    state: State
    dry_run: bool
    file_name: str
    file_size: int
    file_sha256: str
    system: str
    history: bool
    encoding: str
    columns: dict[str, str]
    """Which columns each field is read from."""
    rows_expected: int
    """About how many rows the file has, for a progress bar."""
    rows: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    rejected: int
    undoes: UUID | None
    """The import that this run takes back."""
    withdrawn: int
    restored: int
    migration: str
    """The migration that the file is a part of, if any."""
    problem: dict[str, JsonValue] | None
    """Why the whole file was refused."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
