"""What senders sent, as they sent it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain.capture import Received
from services.leads.domain.intake import Submission
from services.leads.domain.refusals import AlreadyAccepted, AlreadyDiscarded, SubmissionNotFound
from services.leads.repository.bodies import seal
from shared.db import Tx

Accepted = tuple[Submission, str, Received]
"""What was sent, by which channel, and what became of it."""


async def add_accepted(tx: Tx, accepted: Sequence[Accepted]) -> None:
    """What was sent is part of leads."""
    await tx.later(
        """
        INSERT INTO submission
               (id, state, body, content_type, channel, lead_id, effect, received_by, unit_id,
                received_at)
        SELECT id, 'accepted', body, content_type, channel, lead_id, effect, received_by, unit_id,
               received_at
          FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                      $7::uuid[], $8::uuid[], $9::timestamptz[])
            AS row (id, body, content_type, channel, lead_id, effect, received_by, unit_id,
                    received_at)
        """,
        [sent.id for sent, _, _ in accepted],
        [seal(tx, sent.id, sent.body) for sent, _, _ in accepted],
        [sent.content_type for sent, _, _ in accepted],
        [channel for _, channel, _ in accepted],
        [received.lead_id for _, _, received in accepted],
        [received.effect for _, _, received in accepted],
        [sent.received_by for sent, _, _ in accepted],
        [sent.unit_id for sent, _, _ in accepted],
        [sent.received_at for sent, _, _ in accepted],
    )


async def add_quarantined(
    tx: Tx, sent: Submission, *, channel: str, problem: Mapping[str, JsonValue]
) -> None:
    """What was sent could not be taken, and waits to be mended."""
    await tx.later(
        """
        INSERT INTO submission
               (id, state, body, content_type, channel, problem, received_by, unit_id, received_at)
        VALUES ($1, 'quarantined', $2, $3, nullif($4, ''), $5, $6, $7, $8)
        """,
        sent.id,
        seal(tx, sent.id, sent.body),
        sent.content_type,
        channel,
        problem,
        sent.received_by,
        sent.unit_id,
        sent.received_at,
    )


async def lock_quarantined(tx: Tx, submission_id: UUID) -> str:
    """Lock a submission that waits to be mended; the channel it was sent to, if it was to one."""
    row = await tx.fetchrow(
        """
        SELECT state, channel
          FROM submission
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR received_by = $4)
           FOR UPDATE
        """,
        submission_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise SubmissionNotFound(submission_id=submission_id)
    if row["state"] == "accepted":
        raise AlreadyAccepted(submission_id=submission_id)
    if row["state"] == "discarded":
        raise AlreadyDiscarded(submission_id=submission_id)
    return row["channel"] or ""


async def accept_mended(
    tx: Tx, submission_id: UUID, *, body: bytes, channel: str, received: Received
) -> None:
    """The submission is part of a lead by the body that took the place of what came first."""
    await tx.later(
        """
        UPDATE submission
           SET state = 'accepted',
               mended = $2,
               channel = $3,
               lead_id = $4,
               effect = $5
         WHERE id = $1
        """,
        submission_id,
        seal(tx, submission_id, body),
        channel,
        received.lead_id,
        received.effect,
    )
