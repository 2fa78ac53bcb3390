"""What was sent to channels, as it was sent, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record
from pydantic import JsonValue

from services.leads.domain.capture import Effect, Received
from services.leads.domain.refusals import SubmissionNotFound
from services.leads.repository.bodies import content_mark, opened, seal
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What is to be kept."""

    channel: str
    body: bytes
    content_type: str
    content_hash: bytes
    opened: bytes | None
    visitor: bytes | None
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A submission that was sent before."""

    id: UUID
    is_waiting: bool
    """It is in quarantine still."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A submission as it was sent, and what became of it."""

    id: UUID
    channel: str | None
    message: bytes
    content_type: str
    received_at: datetime
    version: int | None
    lead_id: UUID | None
    effect: Effect | None


async def keep(tx: Tx, submission_id: UUID, sent: Sent) -> bool:
    """Keep it in quarantine until it is judged; false when the channel has been sent the very same.

    Waits while another transaction is just keeping the same.
    """
    kept = await tx.fetchval(
        """
        INSERT INTO submission
               (id, state, channel, body, content_type, content_hash, opened, visitor, unit_id,
                received_at)
        VALUES ($1, 'quarantined', $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (channel, content_hash) WHERE content_hash IS NOT NULL
            DO NOTHING
        RETURNING true
        """,
        submission_id,
        sent.channel,
        seal(tx, submission_id, sent.body),
        sent.content_type,
        content_mark(tx, sent.content_hash),
        seal(tx, submission_id, sent.opened) if sent.opened is not None else None,
        sent.visitor,
        sent.unit_id,
        tx.now,
    )
    return bool(kept)


async def count_of(tx: Tx, channel: str, visitor: bytes, *, since: datetime) -> int:
    """How often a visitor has filled in the channel's form lately."""
    return await tx.fetchval(
        """
        SELECT count(*)
          FROM submission
         WHERE channel = $1
           AND received_at > $2
           AND visitor = $3
        """,
        channel,
        since,
        visitor,
    )


async def same(tx: Tx, channel: str, content_hash: bytes) -> Kept:
    """The submission of the channel that said this before, locked."""
    row = await tx.fetchrow(
        """
        SELECT id, state
          FROM submission
         WHERE channel = $1
           AND content_hash = $2
           FOR UPDATE
        """,
        channel,
        content_mark(tx, content_hash),
    )
    if row is None:
        raise LookupError("It was there a moment ago, and submissions are not deleted")
    return Kept(id=row["id"], is_waiting=row["state"] == "quarantined")


async def stored(tx: Tx, submission_id: UUID) -> Stored:
    """One submission that is locked already."""
    row = await tx.fetchrow(
        """
        SELECT id, channel, coalesce(opened, body) AS message, content_type, received_at, version,
               lead_id, effect
          FROM submission
         WHERE id = $1
        """,
        submission_id,
    )
    if row is None:
        raise SubmissionNotFound(submission_id=submission_id)
    return stored_of(tx, row)


def stored_of(tx: Tx, row: Record) -> Stored:
    """The submission in a row, its message opened."""
    return Stored(**{**row, "message": opened(tx, row["id"], row["message"])})


async def discard(tx: Tx, submission_id: UUID, *, reason: str) -> None:
    """Nothing will become of the submission."""
    await tx.execute(
        """
        UPDATE submission
           SET state = 'discarded',
               discarded_for = $2
         WHERE id = $1
        """,
        submission_id,
        reason,
    )


async def accept_all(
    tx: Tx, channel: str, received: Mapping[UUID, Received], *, version: int
) -> None:
    """The submissions are part of leads now."""
    await tx.execute(
        """
        UPDATE submission
           SET state = 'accepted',
               problem = NULL,
               channel = $1,
               version = $2,
               lead_id = new.lead_id,
               effect = new.effect
          FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS new (id, lead_id, effect)
         WHERE submission.id = new.id
        """,
        channel,
        version,
        list(received),
        [one.lead_id for one in received.values()],
        [one.effect for one in received.values()],
    )


async def note_version(tx: Tx, submission_ids: Sequence[UUID], *, version: int) -> None:
    """By which version of the channel the submissions were read last."""
    await tx.execute(
        "UPDATE submission SET version = $2 WHERE id = ANY($1)", submission_ids, version
    )


async def explain_all(
    tx: Tx, problems: Mapping[UUID, Mapping[str, JsonValue]], *, version: int
) -> None:
    """Note why the submissions are in quarantine, and by which version they were judged."""
    await tx.execute(
        """
        UPDATE submission
           SET problem = new.problem,
               version = $1
          FROM unnest($2::uuid[], $3::jsonb[]) AS new (id, problem)
         WHERE submission.id = new.id
        """,
        version,
        list(problems),
        list(problems.values()),
    )
