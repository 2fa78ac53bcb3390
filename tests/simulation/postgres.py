"""A model of what one PostgreSQL transaction sees of another, at READ COMMITTED.

https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED: each statement sees what
was committed before it began. https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-PG-SNAPSHOT:
a transaction gets its id with its first write, whatever locks it takes later; `xmin` of a snapshot is
the lowest id still running. Numbers of a sequence are handed out at once and never given back.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import NoReturn, Self

from shared.envelope import Envelope
from tests.simulation.schedule import pause, until

HEAD = "feed_head"


@dataclass(frozen=True)
class Row:
    """A row of the outbox and the transaction that wrote it."""

    seq: int
    xid: int
    event: Envelope


@dataclass
class Postgres:
    """The tables of the service that speaks."""

    outbox: dict[int, Row] = field(default_factory=dict)
    feed: dict[int, Envelope] = field(default_factory=dict)
    head: int = 0
    """The feed's last position."""
    sequences: dict[Hashable, int] = field(default_factory=dict)
    """The last committed sequence of each aggregate."""
    running: set[int] = field(default_factory=set)
    locks: dict[Hashable, "Transaction"] = field(default_factory=dict)
    committed: list[Envelope] = field(default_factory=list)
    """What was accepted, and must arrive."""
    _xids: "count[int]" = field(default_factory=lambda: count(1))
    _seqs: "count[int]" = field(default_factory=lambda: count(1))
    _next_xid: int = 1

    def new_xid(self) -> int:
        """The id of a transaction that writes for the first time."""
        xid = next(self._xids)
        self._next_xid = xid + 1
        self.running.add(xid)
        return xid

    def nextval(self) -> int:
        """The next number of the outbox; lost when the transaction fails."""
        return next(self._seqs)

    @property
    def xmin(self) -> int:
        """The lowest transaction id that is still running."""
        return min(self.running, default=self._next_xid)

    def visible(self) -> list[Row]:
        """What a statement that begins now finds in the outbox: committed rows only."""
        return list(self.outbox.values())


class RolledBack(Exception):
    """A rule said no after the events were written."""


class Transaction:
    """One transaction of a command or a relay; its rows appear for others at its commit, all at once."""

    def __init__(self, database: Postgres) -> None:
        self._database = database
        self._xid: int | None = None
        self._rows: list[Row] = []
        self._moved: list[int] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: object, __: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await pause()
                self._commit()
        finally:
            self._end()

    def take_xid(self) -> int:
        """The id of this transaction, from its first write on."""
        if self._xid is None:
            self._xid = self._database.new_xid()
        return self._xid

    def roll_back(self) -> NoReturn:
        """Leave the transaction without a trace, but for the numbers it took."""
        raise RolledBack

    async def lock(self, what: Hashable) -> None:
        """`SELECT … FOR UPDATE`: wait until nobody else holds it. Locking a row takes an id, too."""
        if self._database.locks.get(what) is self:
            return
        await until(lambda: what not in self._database.locks)
        self._database.locks[what] = self
        self.take_xid()

    async def insert(self, event: Envelope) -> None:
        """A row of the outbox: its number is taken before others can see it."""
        self._rows.append(Row(self._database.nextval(), self.take_xid(), event))
        await pause()

    async def move(self, seqs: Sequence[int]) -> int:
        """Lock the head, then delete and insert in a statement that sees what another relay did."""
        await self.lock(HEAD)
        await pause()
        self._moved = [seq for seq in sorted(seqs) if seq in self._database.outbox]
        return len(self._moved)

    def _commit(self) -> None:
        database = self._database
        for position, seq in enumerate(self._moved, start=database.head + 1):
            assert position not in database.feed, f"position {position} was given twice"
            database.feed[position] = database.outbox.pop(seq).event
        database.head += len(self._moved)
        for row in self._rows:
            self._database.outbox[row.seq] = row
            self._database.sequences[row.event.aggregate_id] = row.event.sequence
            self._database.committed.append(row.event)

    def _end(self) -> None:
        locks = self._database.locks
        for what in [what for what, holder in locks.items() if holder is self]:
            del locks[what]
        self._database.running.discard(self._xid or 0)
