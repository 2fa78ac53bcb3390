"""A command sent twice is done once: its answer is kept in the transaction that did it."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
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
    def name(self) -> str:
        """What no other command is called."""
        return f"{self.principal_id} {self.scope} {self.key}"

    @property
    def place(self) -> str:
        """Where a sealed answer belongs."""
        return f"idempotency {self.name}"


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
               set_config('lock_timeout', $4, true)
    ), taken AS (
        INSERT INTO idempotency (principal, scope, key, body_hash, created_at)
        SELECT principal, scope, key, body_hash, clock_timestamp()
          FROM entered,
               unnest($5::uuid[], $6::text[], $7::text[], $8::bytea[])
            AS asked (principal, scope, key, body_hash)
         ORDER BY principal, scope, key
            ON CONFLICT DO NOTHING
        RETURNING principal, scope, key
    )
    SELECT now,
           epoch,
           ARRAY(SELECT concat_ws(' ', principal, scope, key) FROM taken) AS taken
      FROM entered
    """


@asynccontextmanager
async def opened(
    database: Database, once: Once | None, *, scope: Scope, actor_id: UUID | None
) -> AsyncIterator[tuple[Tx, Response | None]]:
    """A transaction that holds the key, if there is one, and what was answered under it before.

    Waits while another transaction holds the key.
    """
    entrance = by_keys([once], patience=PATIENCE) if once else MAIN_ENTRANCE
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


def by_keys(asked: Sequence[Once], *, patience: str) -> Entrance:
    """The way into a transaction that takes these keys, each of them another; see `is_first`.

    What another transaction holds is waited for as long as `patience` says.
    """
    return Entrance(
        sql=_CLAIM,
        arguments=(
            patience,
            [once.principal_id for once in asked],
            [once.scope for once in asked],
            [once.key for once in asked],
            [once.body_hash for once in asked],
        ),
    )


def is_first(tx: Tx, once: Once) -> bool:
    """Whether the transaction took the key: nobody has used it before."""
    return once.name in tx.entered["taken"]


async def _answer(tx: Tx, once: Once | None) -> Response | None:
    if once is None or is_first(tx, once):
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
    await keep_all(tx, {once: answer})


async def keep_all(tx: Tx, answers: Mapping[Once, Response]) -> None:
    """Store each answer beside its key."""
    bodies = [_body(tx, once, answer) for once, answer in answers.items()]
    await tx.later(
        """
        UPDATE idempotency AS kept
           SET status = answer.status,
               headers = answer.headers,
               body = answer.body,
               is_sealed = answer.is_sealed
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::jsonb[], $6::bytea[],
                      $7::bool[])
            AS answer (principal, scope, key, status, headers, body, is_sealed)
         WHERE kept.principal = answer.principal
           AND kept.scope = answer.scope
           AND kept.key = answer.key
        """,
        [once.principal_id for once in answers],
        [once.scope for once in answers],
        [once.key for once in answers],
        [answer.status_code for answer in answers.values()],
        [_headers(answer) for answer in answers.values()],
        [body for body, _ in bodies],
        [is_sealed for _, is_sealed in bodies],
    )


def _headers(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _NOT_KEPT}


def _body(tx: Tx, once: Once, answer: Response) -> tuple[bytes, bool]:
    body = bytes(answer.body)
    if once.is_private and tx.keeps_secrets:
        return tx.sealer.seal(body, place=once.place), True
    return body, False


async def release_all(tx: Tx, unused: Sequence[Once]) -> None:
    """Give keys back, as if they had not been taken."""
    if not unused:
        return
    await tx.later(
        """
        DELETE FROM idempotency AS kept
         USING unnest($1::uuid[], $2::text[], $3::text[]) AS unused (principal, scope, key)
         WHERE kept.principal = unused.principal
           AND kept.scope = unused.scope
           AND kept.key = unused.key
        """,
        [once.principal_id for once in unused],
        [once.scope for once in unused],
        [once.key for once in unused],
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
    await release_all(tx, due)


PURGE = Timer(
    name="purge idempotency keys",
    every=timedelta(minutes=10),
    due=due_for_purge,
    act=purge,
    key=lambda once: once.name,
)
"""Runs in every service."""
