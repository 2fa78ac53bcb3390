"""Works through waiting files, a few batches in each transaction, until they are done.

The cursor, the rows' effects and what did not fit are written together: a worker that is killed
leaves nothing half done, and the next one goes on behind the last row that took effect.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar
from uuid import UUID

import structlog

from shared import evidence
from shared.db import TRANSIENT, Tx
from shared.failpoints import failpoint
from shared.imports import store
from shared.imports.ahead import Ahead
from shared.imports.content import IN_MEMORY, PIECE, Spool
from shared.imports.hook import Apply, Importer, RowOutcome, Run
from shared.imports.reading import Reading
from shared.imports.refusals import StorageFailed
from shared.imports.state import Rejection, Waiting
from shared.refusals import Refused
from shared.timers import Timer

log = structlog.get_logger()

T = TypeVar("T")
REHEARSED_TOGETHER = 40
"""Batches of a dry run that see each other's effects before they are all taken back."""
WORK_FOR = 1.5
"""Seconds of work in one transaction, which is a file's turn; progress shows in steps of this."""
HELD_OPEN = 3
"""Files that are kept open between their turns; others are opened anew."""
FAILURES_IN_A_ROW = 20
"""So many rows that fail for no reason of their own are not the rows' fault."""
STAY_AWAKE = 5.0
"""PostgreSQL ends a transaction that is silent for long, and opening a large file takes its time."""


def worker(importers: Sequence[Importer[Any]]) -> Timer[Waiting]:
    """The timer that takes in what was sent to these importers."""
    engine = Engine({importer.kind: importer for importer in importers})
    return Timer(
        name="imports",
        every=timedelta(milliseconds=400),
        due=store.lock_next,
        act=engine.work,
    )


class _TakenBack(Exception):
    """Ends a rehearsal; nothing it did stays."""


@dataclass(kw_only=True)
class _Step:
    """What is done in one transaction, and what came of it."""

    tx: Tx
    ahead: Ahead
    importer: Importer[Any]
    act: Apply[Any]
    run: Run
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    done: bool = False
    failed_in_a_row: int = 0

    async def perform(self) -> None:
        """Some batches, as many as fit in the time of a step, at least one."""
        until = time.monotonic() + WORK_FOR
        await self._batch()
        while not self.done and time.monotonic() < until:
            await self._batch()

    async def rehearse(self) -> None:
        """Some batches that see each other's effects, and then none of their effects."""
        with suppress(_TakenBack):
            async with self.tx.savepoint():
                for _ in range(REHEARSED_TOGETHER):
                    if not self.done:
                        await self._batch()
                raise _TakenBack

    async def _batch(self) -> None:
        batch = await self.ahead.take()
        if batch is None:
            self.done = True
            return
        outcomes = list(map(_passed_over, batch.rejected) if self.run.undoes else batch.rejected)
        for rows in batch.waves(self.importer.identity):
            outcomes += await self._apply(rows)
        self.counts.update(outcome.effect for outcome in outcomes)
        self.rejections += batch.rejections(outcomes)

    async def _apply(self, rows: list[tuple[int, Any]]) -> Sequence[RowOutcome]:
        """Apply rows; if that fails, their halves, until those that cannot be applied stand alone."""
        try:
            async with self.tx.savepoint():
                outcomes = await self.act(self.tx, rows, run=self.run, now=self.now)
        except TRANSIENT:
            raise
        except Exception as failure:  # noqa: BLE001 - what is wrong with a row stays with the row
            if len(rows) == 1:
                return [self._failed(rows[0][0], failure)]
            middle = len(rows) // 2
            return [*await self._apply(rows[:middle]), *await self._apply(rows[middle:])]
        self.failed_in_a_row = 0
        if sorted(outcome.row for outcome in outcomes) != [number for number, _ in rows]:
            raise RuntimeError(f"The importer of {self.run.kind} must answer once for each row")
        return outcomes

    def _failed(self, row: int, failure: Exception) -> RowOutcome:
        if isinstance(failure, Refused):
            return RowOutcome(row=row, effect="rejected", reason=failure.message)
        evidence.note("import_row_failed", failure, row=row)
        self.failed_in_a_row += 1
        if self.failed_in_a_row >= FAILURES_IN_A_ROW:
            raise StorageFailed(row=row, problem=type(failure).__name__) from failure
        reason = f"it could not be stored ({type(failure).__name__}); the log says more"
        return RowOutcome(row=row, effect="rejected", reason=reason)


class Engine:
    """Holds the files it is reading between their turns, so as not to read from the start each time."""

    def __init__(self, importers: Mapping[str, Importer[Any]]) -> None:
        self._importers = importers
        self._held: dict[UUID, Ahead] = {}

    async def work(self, tx: Tx, due: Sequence[Waiting], *, now: datetime) -> None:
        """One step of each file."""
        for waiting in due:
            tx.actor_id = waiting.actor_id
            try:
                async with tx.savepoint():
                    await self._step(tx, waiting, now)
            except Refused as refused:
                await self._forget(waiting.id)
                await store.refuse(tx, waiting.id, refused)
                log.info("import_refused", import_id=str(waiting.id), problem=refused.slug())
            except BaseException:
                await self._forget(waiting.id)
                raise

    async def _step(self, tx: Tx, waiting: Waiting, now: datetime) -> None:
        importer = self._importers[waiting.kind]
        ahead = await self._open(tx, waiting, importer)
        step = _Step(
            tx=tx,
            ahead=ahead,
            importer=importer,
            act=importer.act(undoes=waiting.undoes is not None),
            run=_run(waiting, importer),
            now=now,
        )
        if waiting.dry_run:
            await step.rehearse()
        else:
            await step.perform()
        await store.insert_rejections(tx, waiting.id, step.rejections)
        await store.advance(
            tx, waiting.id, cursor=ahead.position, counts=step.counts, done=step.done
        )
        await failpoint("imports.before_commit")
        if step.done:
            await self._forget(waiting.id)
            log.info("import_finished", import_id=str(waiting.id), kind=waiting.kind, **step.counts)

    async def _open(self, tx: Tx, waiting: Waiting, importer: Importer[Any]) -> Ahead:
        held = self._held.get(waiting.id)
        if held is not None and held.position == waiting.row_cursor:
            return held
        await self._forget(waiting.id)
        if len(self._held) >= HELD_OPEN:
            await self._forget(next(iter(self._held)))
        spool = await _fetch(tx, waiting)

        def open_it() -> Reading:
            with spool:
                return Reading.open(
                    _pieces(spool),
                    import_id=waiting.id,
                    mapping=waiting.mapping,
                    importer=importer,
                    behind=waiting.row_cursor,
                )

        opened = await _while_awake(tx, asyncio.to_thread(open_it))
        ahead = self._held[waiting.id] = Ahead(opened)
        await store.note_opened(
            tx,
            waiting.id,
            encoding=opened.table.encoding,
            delimiter=opened.table.delimiter,
            header=opened.table.header,
            columns=opened.columns,
            expected=opened.table.expected,
        )
        return ahead

    async def _forget(self, import_id: UUID) -> None:
        ahead = self._held.pop(import_id, None)
        if ahead is not None:
            await ahead.close()


def _run(waiting: Waiting, importer: Importer[Any]) -> Run:
    return Run(
        id=waiting.id,
        kind=waiting.kind,
        system=waiting.mapping.system,
        history=waiting.mapping.history,
        actor_id=waiting.actor_id,
        unit_id=waiting.unit_id,
        settings=waiting.mapping.settings_for(importer),
        undoes=waiting.undoes,
    )


def _passed_over(rejected: RowOutcome) -> RowOutcome:
    """A row that could not be read did nothing, so there is nothing of it to undo."""
    return RowOutcome(row=rejected.row, effect="unchanged")


async def _fetch(tx: Tx, waiting: Waiting) -> Spool:
    spool = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when it was read
    async for piece in store.chunks(tx, waiting.undoes or waiting.id):
        spool.write(piece)
    spool.seek(0)
    return spool


def _pieces(spool: Spool) -> Iterator[bytes]:
    while piece := spool.read(PIECE):
        yield piece


async def _while_awake(tx: Tx, work: Awaitable[T]) -> T:
    """Wait for work in a thread, and let PostgreSQL hear of us meanwhile."""
    task = asyncio.ensure_future(work)
    while True:
        done, _ = await asyncio.wait({task}, timeout=STAY_AWAKE)
        if done:
            return task.result()
        await tx.fetchval("SELECT 1")
