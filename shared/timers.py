"""Time is a third door: a sweep finds what is due and calls the handler a person would.

Deadlines are columns. An item that fails rests for a while (`timer_backoff`), and the sweep goes on.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import structlog

from shared import evidence, metrics, tracing
from shared.db import TRANSIENT, Database, Tx
from shared.failpoints import failpoint
from shared.tasks import is_told_to_end

log = structlog.get_logger()

T = TypeVar("T")
Found = TypeVar("Found", covariant=True)
Taken = TypeVar("Taken", contravariant=True)
BATCH = 100
SEND_TOGETHER = 16
FIRST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=10)


class _Due(Protocol[Found]):
    async def __call__(self, tx: Tx, *, now: datetime, limit: int) -> Sequence[Found]: ...


class _Act(Protocol[Taken]):
    async def __call__(self, tx: Tx, due: Sequence[Taken], *, now: datetime) -> None: ...


def _id_of(item: Any) -> str:
    return str(item.id)


@dataclass(frozen=True, kw_only=True)
class _Named(Generic[T]):
    name: str
    every: timedelta
    key: Callable[[T], str] = _id_of
    """What tells one due item from another while it rests after a failure."""
    batch: int = BATCH
    """The most that one sweep takes up; when it does, there are more, and the next one does not wait.

    The process does nothing else while it works on them, so it is less where one item is much work.
    """


@dataclass(frozen=True, kw_only=True)
class Timer(_Named[T]):
    """Finds due items and acts on them, in one transaction.

    `due` locks what it returns (`FOR UPDATE SKIP LOCKED`), earliest first; `act` checks again under
    that lock and changes the row so that it is no longer due. Where `due` reads on from a position
    and finds nothing twice, `read` makes an item of its key: what failed comes again by that.
    """

    due: _Due[T]
    act: _Act[T]
    read: Callable[[str], T] | None = None


class SendFailed(Exception):
    """The outside world did not take it; `retry` says whether trying again makes sense."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


@dataclass(frozen=True, kw_only=True)
class Outcome(Generic[T]):
    """What became of one item that was sent; no failure means that it was taken."""

    item: T
    failure: SendFailed | None
    answer: Any = None
    """What came back."""


class _Record(Protocol[T]):
    async def __call__(self, tx: Tx, outcomes: Sequence[Outcome[T]], *, now: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Dispatch(_Named[T]):
    """Sends things to the outside: lease them, send with no transaction open, note the outcome.

    `claim` leases what it returns until a time of its own; a sender that dies lets the lease run out,
    and the item is sent again under the same id.
    """

    claim: _Due[T]
    send: Callable[[T], Awaitable[Any]]
    record: _Record[T]


AnyTimer = Timer[Any] | Dispatch[Any]


async def sweep(database: Database, timer: AnyTimer) -> int:
    """Handle what is due now, one batch; how many items there were."""
    with tracing.span(timer=timer.name):
        match timer:
            case Timer():
                return await _sweep(database, timer)
            case Dispatch():
                return await _dispatch(database, timer)


async def _sweep(database: Database, timer: Timer[Any]) -> int:
    async with database.tx() as tx:
        failed = await _failed(tx, timer.name)
        due = await _due(tx, timer, failed)
        if not due:
            return 0
        await failpoint("timer.due")
        done = set(due)
        if await _act(tx, timer, list(due.values())) is not None:
            for key, item in due.items():
                problem = await _act(tx, timer, [item])
                if problem is not None:
                    await _rest(tx, timer, key, problem)
                    done.remove(key)
        await _recover(tx, timer, done & set(failed))
        metrics.TIMER_FIRED.labels(timer.name).inc(len(due))
        await failpoint("timer.before_commit")
    log.info("timer_fired", items=len(due))
    return len(due)


async def _act(tx: Tx, timer: Timer[Any], due: Sequence[Any]) -> str | None:
    """Why the action failed, or nothing. Failures of the road rise."""
    try:
        async with tx.savepoint():
            await timer.act(tx, due, now=tx.now)
    except TRANSIENT:
        raise
    except Exception as problem:  # noqa: BLE001 - one item that fails rests, and the sweep goes on
        evidence.note("timer_failed", problem, items=len(due))
        return evidence.in_short(problem)
    return None


async def _due(tx: Tx, timer: Timer[T], failed: Mapping[str, bool]) -> dict[str, T]:
    resting = {key for key, rests in failed.items() if rests}
    found = await timer.due(tx, now=tx.now, limit=timer.batch + len(resting))
    due = {timer.key(item): item for item in found}
    if timer.read is not None:
        rested = [key for key in failed if key not in resting][: timer.batch]
        due = {key: timer.read(key) for key in rested} | due
    return {key: item for key, item in due.items() if key not in resting}


async def _failed(tx: Tx, name: str) -> dict[str, bool]:
    """What failed the last time, by key, and whether it still rests."""
    rows = await tx.fetch(
        """
        SELECT item, retry_at > $2 AS rests
          FROM timer_backoff
         WHERE timer = $1
         ORDER BY retry_at
        """,
        name,
        tx.now,
    )
    return {row["item"]: row["rests"] for row in rows}


async def _recover(tx: Tx, timer: Timer[Any], keys: Collection[str]) -> None:
    """Whatever was wrong is over."""
    if keys:
        await tx.execute(
            "DELETE FROM timer_backoff WHERE timer = $1 AND item = ANY($2)", timer.name, list(keys)
        )


async def _rest(tx: Tx, timer: Timer[Any], key: str, problem: str) -> None:
    metrics.TIMER_FAILED.labels(timer.name).inc()
    await tx.execute(
        """
        INSERT INTO timer_backoff AS held (timer, item, attempts, retry_at, last_error)
        VALUES ($1, $2, 1, $3::timestamptz + $4, $5)
            ON CONFLICT (timer, item)
            DO UPDATE
           SET attempts = held.attempts + 1,
               retry_at = $3::timestamptz + least($4 * power(2, held.attempts), $6),
               last_error = excluded.last_error
        """,
        timer.name,
        key,
        tx.now,
        FIRST_REST,
        problem,
        LONGEST_REST,
    )


async def _dispatch(database: Database, dispatch: Dispatch[Any]) -> int:
    async with database.tx() as tx:
        claimed = await dispatch.claim(tx, now=tx.now, limit=dispatch.batch)
    if not claimed:
        return 0
    await failpoint("dispatch.claimed")
    room = asyncio.Semaphore(SEND_TOGETHER)

    async def attempt(item: Any) -> Outcome[Any]:
        async with room:
            return await _send(dispatch, item)

    outcomes = await asyncio.gather(*(attempt(item) for item in claimed))
    await failpoint("dispatch.sent")
    async with database.tx() as tx:
        await dispatch.record(tx, outcomes, now=tx.now)
    metrics.TIMER_FIRED.labels(dispatch.name).inc(len(claimed))
    return len(claimed)


async def _send(dispatch: Dispatch[Any], item: Any) -> Outcome[Any]:
    try:
        return Outcome(item=item, failure=None, answer=await dispatch.send(item))
    except SendFailed as failure:
        metrics.TIMER_FAILED.labels(dispatch.name).inc()
        return Outcome(item=item, failure=failure)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is an outcome
        evidence.note("send_failed", problem, dispatch=dispatch.name)
        failure = SendFailed(evidence.in_short(problem))
        return Outcome(item=item, failure=failure)


async def run(database: Database, timers: Sequence[AnyTimer], *, stop: asyncio.Event) -> None:
    """Run all timers until told to stop."""
    async with asyncio.TaskGroup() as group:
        for timer in timers:
            group.create_task(_run(database, timer, stop), name=timer.name)


async def _run(database: Database, timer: AnyTimer, stop: asyncio.Event) -> None:
    while not stop.is_set():
        handled = 0
        try:
            handled = await sweep(database, timer)
        except (Exception, asyncio.CancelledError) as problem:
            if is_told_to_end():
                raise
            log.warning("sweep_began_anew", timer=timer.name, reason=repr(problem))
        if handled < timer.batch:
            # A little chance keeps the timers of many processes from all asking at once.
            pause = timer.every.total_seconds() * random.uniform(0.9, 1.1)  # noqa: S311
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
