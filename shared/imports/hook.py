"""What a service writes to take a kind of record in from files; the engine does the rest."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.db import Tx

R = TypeVar("R", bound=BaseModel)
R_contra = TypeVar("R_contra", bound=BaseModel, contravariant=True)

OWN_SYSTEM = "shangji"
"""The system whose ids are our own: rows of an export name it, and correct the records they came from."""

Effect = Literal[
    "created", "updated", "unchanged", "duplicate", "rejected", "withdrawn", "restored"
]
"""What became of a row; the last two when an import is undone."""


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What became of one row. A rejected row names the field and the reason, for people to mend it."""

    row: int
    effect: Effect
    field: str = ""
    reason: str = ""


class Settings(BaseModel):
    """What a mapping may say beyond columns; subclass it to take more, such as a pipeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One file being taken in: which system it came from, for whom, and whether it is history."""

    id: UUID
    kind: str
    system: str
    """First half of every record's identity; the second is its id in that system."""
    history: bool
    """A migration run: facts with their own dates, without gates, routing or notices."""
    actor_id: UUID
    unit_id: UUID
    """The unit of whoever imports, for records that name none."""
    settings: Settings
    undoes: UUID | None = None
    """The import whose rows these are, when it is being undone."""


class Apply(Protocol[R_contra]):
    """Decides and writes one batch with set-based SQL, in the transaction of its cursor and outcomes.

    Returns one outcome for each row. It is also how a dry run counts: the engine rolls it back.
    """

    async def __call__(
        self, tx: Tx, rows: Sequence[tuple[int, R_contra]], *, run: Run, now: datetime
    ) -> Sequence[RowOutcome]: ...


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Other names a column may have, in any language: `Annotated[str, Headers("公司", "Account")]`."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


@dataclass(frozen=True)
class Looks:
    """How a field's values look, for a column whose header says nothing: `Looks(is_phone)`."""

    like: Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Importer(Generic[R]):
    """A kind of file: how a row must look, and what is done with a batch of rows.

    Cells arrive in `row` as text, numbers or dates and are parsed by pydantic; a blank cell is
    absent, so that the field's default applies. A field of type `dict[str, …]` takes dotted
    names in a mapping: `attributes.visits: TotalVisits`.
    """

    kind: str
    row: type[R]
    apply: Apply[R]
    identity: Callable[[R], Hashable] | None = None
    """What two rows about one record share; such rows never come in one batch, but in their order."""
    settings: type[Settings] = Settings
    undo: Apply[R] | None = None
    """Takes back what `run.undoes` did with these rows; rows that are to stay are rejected with the reason."""
    undo_within: timedelta = timedelta(days=7)
    """After that nothing can be undone any more."""

    def act(self, *, undoes: bool) -> Apply[R]:
        """What is done with a batch of rows."""
        if not undoes:
            return self.apply
        if self.undo is None:
            raise RuntimeError(f"Nobody says how {self.kind} are undone")
        return self.undo
