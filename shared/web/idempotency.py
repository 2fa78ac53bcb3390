"""A command sent twice is done once: its answer is kept in the transaction that did it."""

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from fastapi import Request, Response

from shared.db import MAIN_ENTRANCE, Database, Entrance, Scope, Tx
from shared.failpoints import failpoint
from shared.timers import Timer
from shared.web.refusals import (
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    StillRunning,
)

PATIENCE = "3s"
"""How long a command waits for its twin."""
KEPT_FOR = timedelta(hours=96)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_NOT_KEPT = frozenset(("content-length", "set-cookie", "x-correlation-id"))


@dataclass(frozen=True, kw_only=True)
class Once:
    """What makes one command: who sent it, where to, under which key, and what it said."""

    principal_id: UUID
    scope: str
    key: str
    body_hash: bytes
    is_private: bool = False
    """The answer shows a person."""

    @property
    def place(self) -> str:
        """Where a sealed answer belongs."""
        return f"idempotency {self.principal_id} {self.scope} {self.key}"


def key_of(request: Request) -> str:
    """The key the caller chose."""
    key = request.headers.get("idempotency-key")
    if key is None:
        raise IdempotencyKeyMissing
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMalformed
    return key


def fitting(derived: str) -> str:
    """A key that a sender's own id makes: whatever that looks like, it becomes one that fits."""
    return derived if _KEY.fullmatch(derived) else hashlib.sha256(derived.encode()).hexdigest()


def fingerprint(request: Request, body_sha256: bytes) -> bytes:
    """A hash of everything that makes it this request and no other."""
    digest = hashlib.sha256(body_sha256)
    for part in (
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),
        request.headers.get("if-match", ""),
        request.headers.get("import-mapping", ""),
    ):
        digest.update(b"\n" + part.encode())
    return digest.digest()


_CLAIM = """
    WITH entered AS MATERIALIZED (
        SELECT clock_timestamp() + (SELECT shift FROM clock) AS now,
               (SELECT epoch FROM configuration_epoch) AS epoch,
               set_config('shangji.units', $1, true),
               set_config('shangji.person', $2, true),
               set_config('shangji.everything', $3, true),
               set_config('lock_timeout', $8, true)
    ), taken AS (
        INSERT INTO idempotency (principal, scope, key, body_hash, created_at)
        SELECT $4, $5, $6, $7, clock_timestamp()
          FROM entered
            ON CONFLICT DO NOTHING
        RETURNING true
    )
    SELECT now,
           epoch,
           EXISTS (SELECT FROM taken) AS is_first
      FROM entered
    """


@asynccontextmanager
async def opened(
    database: Database, once: Once | None, *, scope: Scope, actor_id: UUID | None
) -> AsyncIterator[tuple[Tx, Response | None]]:
    """A transaction that holds the key, if there is one, and what was answered under it before.

    Waits while another transaction holds the key.
    """
    entrance = _by_key(once) if once else MAIN_ENTRANCE
    async with AsyncExitStack() as stack:
        try:
            tx = await stack.enter_async_context(
                database.tx(scope=scope, actor_id=actor_id, entrance=entrance)
            )
        except asyncpg.LockNotAvailableError as busy:
            raise StillRunning from busy
        await failpoint("door.after_key")
        yield tx, await _answer(tx, once)


async def begin_again(tx: Tx, once: Once | None) -> Response | None:
    """Undo everything, take the key anew, and say what a twin has answered if it was quicker."""
    try:
        await tx.begin_again()
    except asyncpg.LockNotAvailableError as busy:
        raise StillRunning from busy
    return await _answer(tx, once)


def _by_key(once: Once) -> Entrance:
    arguments = (once.principal_id, once.scope, once.key, once.body_hash, PATIENCE)
    return Entrance(sql=_CLAIM, arguments=arguments)


async def _answer(tx: Tx, once: Once | None) -> Response | None:
    if once is None or tx.entered["is_first"]:
        return None
    row = await tx.fetchrow(
        """
        SELECT body_hash, status, headers, body, is_sealed
          FROM idempotency
         WHERE principal = $1 AND scope = $2 AND key = $3
        """,
        once.principal_id,
        once.scope,
        once.key,
    )
    if row is None or row["status"] is None:
        raise StillRunning
    if row["body_hash"] != once.body_hash:
        raise IdempotencyKeyReused
    headers = {**row["headers"], "Idempotency-Replayed": "true"}
    body: bytes = row["body"]
    if row["is_sealed"]:
        body = tx.sealer.open(body, place=once.place)
    return Response(body, row["status"], headers)


async def keep(tx: Tx, once: Once, answer: Response) -> None:
    """Store the answer beside the key, to be committed with the work."""
    headers = {name: value for name, value in answer.headers.items() if name not in _NOT_KEPT}
    body, is_sealed = bytes(answer.body), once.is_private and tx.keeps_secrets
    if is_sealed:
        body = tx.sealer.seal(body, place=once.place)
    await tx.later(
        """
        UPDATE idempotency
           SET status = $4, headers = $5, body = $6, is_sealed = $7
         WHERE principal = $1 AND scope = $2 AND key = $3
        """,
        once.principal_id,
        once.scope,
        once.key,
        answer.status_code,
        headers,
        body,
        is_sealed,
    )


async def due_for_purge(tx: Tx, *, now: datetime, limit: int) -> Sequence[Once]:  # noqa: ARG001
    """Keys that nobody will retry any more. Real time counts here, not the demo's shifted day."""
    rows = await tx.fetch(
        """
        SELECT principal, scope, key, body_hash
          FROM idempotency
         WHERE created_at < clock_timestamp() - $1::interval
         ORDER BY created_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        KEPT_FOR,
        limit,
    )
    return [
        Once(
            principal_id=row["principal"],
            scope=row["scope"],
            key=row["key"],
            body_hash=row["body_hash"],
        )
        for row in rows
    ]


async def purge(tx: Tx, due: Sequence[Once], *, now: datetime) -> None:  # noqa: ARG001
    """Forget them."""
    await tx.execute(
        """
        DELETE FROM idempotency AS kept
         USING unnest($1::uuid[], $2::text[], $3::text[]) AS old (principal, scope, key)
         WHERE kept.principal = old.principal
           AND kept.scope = old.scope
           AND kept.key = old.key
        """,
        [once.principal_id for once in due],
        [once.scope for once in due],
        [once.key for once in due],
    )


PURGE = Timer(
    name="purge idempotency keys",
    every=timedelta(minutes=10),
    due=due_for_purge,
    act=purge,
    key=lambda once: f"{once.principal_id} {once.scope} {once.key}",
)
"""Runs in every service."""
