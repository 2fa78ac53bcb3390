"""The one way to PostgreSQL: a transaction that knows the time and whom it serves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import asyncpg
import orjson

from shared.conclusion import Conclusion
from shared.sealing import Sealer

TRANSIENT = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.DiskFullError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
    OSError,
)
"""Failures of the road, not of the work: the whole transaction may be tried again."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which records a principal may see: those of some units, and their own."""

    units: tuple[UUID, ...] = ()
    person_id: UUID | None = None
    everything: bool = False

    def shows(self, unit_id: UUID, owner_id: UUID | None) -> bool:
        """Whether a record of this unit and owner may be seen."""
        mine = owner_id is not None and owner_id == self.person_id
        return self.everything or mine or unit_id in self.units


EVERYTHING = Scope(everything=True)
"""The scope of the service itself: consumers, timers, matching."""


Remembered = dict[Hashable, tuple[int, object]]
"""What was made of the configuration, each with the epoch it was read in."""


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The statement that opens a transaction: says whom it serves, and answers `now` and `epoch`.

    One that does something else besides, in the same round trip, takes more arguments than these
    three, and may answer more: see `Tx.entered`.
    """

    sql: str = """
        SELECT clock_timestamp() + (SELECT shift FROM clock) AS now,
               (SELECT epoch FROM configuration_epoch) AS epoch,
               set_config('shangji.units', $1, true),
               set_config('shangji.person', $2, true),
               set_config('shangji.everything', $3, true)
        """
    arguments: tuple[Any, ...] = ()


MAIN_ENTRANCE = Entrance()


class Tx:
    """One open transaction. `now` was read from the database's clock when it began."""

    __slots__ = (
        "_after_commit",
        "_connection",
        "_entrance",
        "_sealer",
        "_transaction",
        "_waiting",
        "actor_id",
        "announced",
        "entered",
        "epoch",
        "now",
        "remembered",
        "scope",
    )

    entered: asyncpg.Record
    """What the entrance answered."""
    now: datetime
    epoch: int | None
    """Of the configuration as committed; nothing once this transaction has changed it."""

    def __init__(
        self,
        connection: "asyncpg.pool.PoolConnectionProxy[Any]",
        *,
        scope: Scope,
        entrance: Entrance,
        remembered: Remembered,
        sealer: Sealer | None = None,
    ) -> None:
        self._connection = connection
        self._sealer = sealer
        self._transaction = connection.transaction()
        self._entrance = entrance
        self._waiting = Conclusion()
        self._after_commit: list[Callable[[], None]] = []
        self.remembered = remembered
        self.scope = scope
        self.actor_id: UUID | None = scope.person_id
        self.announced = False

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """All rows of one statement."""
        await self.conclude()
        return await self._connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row, or nothing."""
        await self.conclude()
        return await self._connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row, or nothing."""
        await self.conclude()
        return await self._connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run one statement; the answer is PostgreSQL's command tag, such as `UPDATE 3`."""
        await self.conclude()
        return await self._connection.execute(sql, *args)

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row, pipelined."""
        await self.conclude()
        await self._connection.executemany(sql, rows)

    async def copy(
        self, table: str, *, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Load many rows by COPY."""
        await self.conclude()
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)

    async def later(self, sql: str, *args: Any) -> None:
        """Run one statement that needs no answer, in one round trip with others of its kind.

        It runs before any other statement is run, and before the commit, so that nobody sees the
        difference; only its failure comes late. Those that wait together see nothing of each other:
        none may touch a row that another one writes, nor write in a WITH of its own.
        """
        if sql in self._waiting:
            await self.conclude()
        self._waiting.add(sql, args)

    async def conclude(self) -> None:
        """Run what waits."""
        if self._waiting:
            sql, args = self._waiting.take()
            await self._connection.execute(sql, *args)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that can fail alone."""
        await self.conclude()
        async with self._connection.transaction():
            try:
                yield
                await self.conclude()
            except BaseException:
                self._waiting.forget()
                raise

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[None]:
        """See everything for a moment, in order to decide; what is answered passes the scope again.

        Without it a row that somebody else has just taken would not be refused but simply be gone.
        """
        if self.scope.everything:
            yield
            return
        await self.execute("SELECT set_config('shangji.everything', 'on', true)")
        mine, self.scope = self.scope, EVERYTHING
        try:
            yield
        finally:
            self.scope = mine
        # After an exception there is nothing more to undo: the rollback takes the setting back.
        await self.execute("SELECT set_config('shangji.everything', 'off', true)")

    @property
    def sealer(self) -> Sealer:
        """What seals and opens; only a service that keeps secrets has one."""
        if self._sealer is None:
            raise RuntimeError("SHANGJI_SEALING_KEYS is not set, and this service keeps secrets")
        return self._sealer

    @property
    def keeps_secrets(self) -> bool:
        """Whether this service has keys, so that what holds persons is sealed here."""
        return self._sealer is not None

    def announce(self) -> None:
        """Say that the outbox has something for the relay."""
        self.announced = True

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is durable; it must not fail and not wait."""
        self._after_commit.append(act)

    async def begin(self) -> None:
        """Open the transaction and enter it."""
        await self._transaction.start()
        scope = self.scope
        [self.entered] = await self._connection.fetch(
            self._entrance.sql,
            ",".join(map(str, scope.units)),
            str(scope.person_id or ""),
            "on" if scope.everything else "off",
            *self._entrance.arguments,
        )
        self.now, self.epoch = self.entered["now"], self.entered["epoch"]

    async def begin_again(self) -> None:
        """Undo everything and enter once more, as if nothing had been done."""
        self._waiting.forget()
        self._after_commit.clear()
        self.announced = False
        await self._transaction.rollback()
        self._transaction = self._connection.transaction()
        await self.begin()

    async def commit(self) -> None:
        """Make it durable."""
        await self._transaction.commit()
        for act in self._after_commit:
            act()

    async def give_up(self) -> None:
        """Roll back; a connection that cannot even do that is thrown away."""
        try:
            await asyncio.shield(self._transaction.rollback())
        except (*TRANSIENT, asyncpg.PostgresError):
            self._connection.terminate()


class Database:
    """A pool of connections of one service's own role, whose search path is its own schema."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", *, sealer: Sealer | None = None
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._remembered: Remembered = {}
        self.announced = asyncio.Event()
        """Set after each commit that wrote to the outbox; the relay in this process waits for it."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        schema: str,
        min_size: int = 1,
        max_size: int = 12,
        name: str = "",
        sealer: Sealer | None = None,
    ) -> Self:
        """Connect; `schema` may name several, the first of which holds what is written."""
        pool = await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            command_timeout=15,
            max_inactive_connection_lifetime=300,
            init=_prepare,
            reset=_nothing_to_reset,
            server_settings={
                "search_path": schema,
                "application_name": name or schema,
                "timezone": "UTC",
                "lock_timeout": "5s",
                "transaction_timeout": "60s",
                "idle_in_transaction_session_timeout": "15s",
            },
        )
        return cls(pool, sealer=sealer)

    async def close(self) -> None:
        """Wait a little for open transactions, then cut them."""
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def tx(
        self,
        *,
        scope: Scope = EVERYTHING,
        actor_id: UUID | None = None,
        entrance: Entrance = MAIN_ENTRANCE,
    ) -> AsyncIterator[Tx]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        async with self._pool.acquire(timeout=10) as connection:
            tx = Tx(
                connection,
                scope=scope,
                entrance=entrance,
                remembered=self._remembered,
                sealer=self._sealer,
            )
            if actor_id is not None:
                tx.actor_id = actor_id
            try:
                await tx.begin()
                yield tx
                await tx.conclude()
            except BaseException:
                await tx.give_up()
                raise
            await tx.commit()
        if tx.announced:
            self.announced.set()


async def _nothing_to_reset(_connection: Any) -> None:
    """Whatever a transaction sets ends with it, so the next one may have the connection as it is."""


async def _prepare(connection: "asyncpg.Connection[Any]") -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind,
            schema="pg_catalog",
            encoder=lambda value: orjson.dumps(value, default=str).decode(),
            decoder=orjson.loads,
        )
