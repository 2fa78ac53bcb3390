"""Submissions that name what their platform has to be asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from services.leads.repository.bodies import seal
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Due:
    """A submission whose details are to be asked for."""

    id: UUID
    channel: str
    asks_for: str
    attempts: int


async def expect(tx: Tx, named: Mapping[UUID, str], *, at: datetime) -> None:
    """Have these asked for; one that was split off before keeps what it asks for."""
    await tx.execute(
        """
        UPDATE submission
           SET asks_for = coalesce(submission.asks_for, new.asks_for),
               ask_at = $1,
               ask_attempts = 0
          FROM unnest($2::uuid[], $3::text[]) AS new (id, asks_for)
         WHERE submission.id = new.id
           AND submission.state = 'quarantined'
        """,
        at,
        list(named),
        list(named.values()),
    )


async def lease(tx: Tx, *, now: datetime, until: datetime, limit: int) -> Sequence[Due]:
    """Those that are due, the longest overdue first; whoever asks has until then to say what came of it."""
    rows = await tx.fetch(
        """
        UPDATE submission
           SET ask_at = $2,
               ask_attempts = ask_attempts + 1
         WHERE id IN (SELECT id
                        FROM submission
                       WHERE ask_at <= $1
                       ORDER BY ask_at
                       LIMIT $3
                         FOR UPDATE SKIP LOCKED)
        RETURNING id, channel, asks_for, ask_attempts AS attempts
        """,
        now,
        until,
        limit,
    )
    return [Due(**row) for row in rows]


async def lock_waiting(tx: Tx, submission_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Those of them that wait still, and when they came, locked."""
    rows = await tx.fetch(
        """
        SELECT id, received_at
          FROM submission
         WHERE id = ANY($1)
           AND state = 'quarantined'
           AND ask_at IS NOT NULL
         ORDER BY id
           FOR UPDATE
        """,
        submission_ids,
    )
    return {row["id"]: row["received_at"] for row in rows}


async def save_answers(tx: Tx, answers: Mapping[UUID, bytes]) -> None:
    """What was answered is what was said, from now on."""
    await tx.execute(
        """
        UPDATE submission
           SET opened = new.answer,
               ask_at = NULL
          FROM unnest($1::uuid[], $2::bytea[]) AS new (id, answer)
         WHERE submission.id = new.id
        """,
        list(answers),
        [seal(tx, submission_id, answer) for submission_id, answer in answers.items()],
    )


async def put_off(
    tx: Tx, submission_id: UUID, *, until: datetime | None, problem: Mapping[str, JsonValue]
) -> None:
    """Ask again then, or not at all; why, is noted."""
    await tx.execute(
        "UPDATE submission SET ask_at = $2, problem = $3 WHERE id = $1",
        submission_id,
        until,
        dict(problem),
    )
