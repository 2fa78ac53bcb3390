"""The consumer over a model of its tables: `shared.consumer.loop` and `apply` run as they are.

Only `shared.consumer.store`, the SQL, is replaced: by tables that change at commit, under the one row
lock that counts, the position's.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from uuid import UUID

from shared.consumer.plan import Key, ParkedEvent, key_of
from shared.consumer.store import Place, Position, Tally
from shared.envelope import Envelope
from tests.simulation.commands import NOW
from tests.simulation.schedule import pause, until


@dataclass
class Tables:
    """What one consumer group has committed."""

    positions: dict[int, Position] = field(default_factory=dict)
    heard: dict[Key, int] = field(default_factory=dict)
    parked: dict[Key, dict[int, ParkedEvent]] = field(default_factory=lambda: defaultdict(dict))
    effects: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))

    def take_effect(self, lead: UUID, sequence: int) -> None:
        """Note an effect: each once, in order, without a hole."""
        expected = len(self.effects[lead]) + 1
        assert sequence == expected, f"sequence {sequence} took effect where {expected} was due"
        self.effects[lead].append(sequence)


@dataclass
class Database:
    """The database of the service that hears."""

    tables: Tables = field(default_factory=Tables)
    locks: dict[Hashable, "Hearing"] = field(default_factory=dict)

    @asynccontextmanager
    async def tx(self) -> "AsyncIterator[Hearing]":
        """A transaction: all of its changes at once, or none."""
        tx = Hearing(self)
        try:
            yield tx
            await pause()
            for change in tx.changes:
                change(self.tables)
        finally:
            for what in [what for what, holder in self.locks.items() if holder is tx]:
                del self.locks[what]
        await pause()


class Hearing:
    """An open transaction of a consumer; takes the place of `shared.db.Tx`."""

    now = NOW

    def __init__(self, database: Database) -> None:
        self.database = database
        self.changes: list[Callable[[Tables], None]] = []

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undo what a handler did before it refused."""
        return self._savepoint()

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[None]:
        mark = len(self.changes)
        try:
            yield
        except Exception:
            del self.changes[mark:]
            raise

    async def lock(self, what: Hashable) -> None:
        """`SELECT … FOR UPDATE`."""
        if self.database.locks.get(what) is not self:
            await until(lambda: what not in self.database.locks)
            self.database.locks[what] = self

    def view(self) -> Tables:
        """What a statement sees: what is committed now, and this transaction's own changes."""
        if not self.changes:
            return self.database.tables
        tables = deepcopy(self.database.tables)
        for change in self.changes:
            change(tables)
        return tables


TOPIC = "t.lead"


class Store:
    """Takes the place of the module `shared.consumer.store`."""

    Position = Position
    Tally = Tally

    async def lock_positions(
        self, tx: Hearing, topic_ids: Mapping[Place, UUID], *, group: str
    ) -> dict[Place, Position]:
        """Wait for one lock after the other, then read what is there by then."""
        await pause()
        for _, number in sorted(topic_ids):
            await tx.lock(number)
        return self.places(tx, topic_ids)

    def places(self, tx: Hearing, topic_ids: Mapping[Place, UUID]) -> dict[Place, Position]:
        """What is there; a partition begins at 0."""
        known = tx.view().positions
        return {
            place: known.get(place[1]) or Position(topic_id=topic_id, next_offset=0)
            for place, topic_id in topic_ids.items()
        }

    async def positions(self, tx: Hearing, *, group: str) -> dict[Place, Position]:
        """Where the group stands."""
        await pause()
        return {(TOPIC, number): place for number, place in tx.view().positions.items()}

    async def lock_line(self, tx: Hearing, key: Key, *, group: str) -> str | None:
        """The same lock, found by what is parked."""
        await pause()
        held = tx.view().parked[key]
        if not held:
            return None
        await tx.lock(next(iter(held.values())).envelope.partition)
        return TOPIC

    async def go_on(
        self,
        tx: Hearing,
        positions: Mapping[Place, Position],
        tallies: Mapping[Place, Tally],
        *,
        group: str,
    ) -> None:
        """Store how far the group has come; tallies are not simulated."""
        moved = {number: position for (_, number), position in positions.items()}
        tx.changes.append(lambda tables: tables.positions.update(moved))

    async def last_heard(
        self, tx: Hearing, *, group: str, keys: Sequence[Key]
    ) -> tuple[dict[Key, int], list[Key]]:
        """The last sequence that took effect, and who waits, as one statement sees it."""
        await pause()
        view = tx.view()
        heard = {key: view.heard[key] for key in keys if key in view.heard}
        return heard, [key for key in keys if view.parked[key]]

    async def save_heard(self, tx: Hearing, heard: Mapping[Key, int], *, group: str) -> None:
        """Store the last sequence that took effect."""
        tx.changes.append(lambda tables: tables.heard.update(heard))

    async def waiting(
        self, tx: Hearing, *, group: str, keys: Sequence[Key]
    ) -> dict[Key, list[ParkedEvent]]:
        """What is parked for these keys, in order."""
        await pause()
        parked = tx.view().parked
        return {key: [parked[key][n] for n in sorted(parked[key])] for key in keys if parked[key]}

    async def park(
        self, tx: Hearing, events: Sequence[ParkedEvent], *, group: str, topics: Mapping[str, str]
    ) -> None:
        """Let events wait."""

        def change(tables: Tables) -> None:
            for event in events:
                tables.parked[key_of(event.envelope)][event.envelope.sequence] = event

        tx.changes.append(change)

    async def unpark(self, tx: Hearing, events: Sequence[Envelope], *, group: str) -> None:
        """Forget parked events."""

        def change(tables: Tables) -> None:
            for event in events:
                tables.parked[key_of(event)].pop(event.sequence, None)

        tx.changes.append(change)
