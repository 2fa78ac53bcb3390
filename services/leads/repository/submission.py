"""What senders sent, as they sent it."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain.intake import Submission
from services.leads.domain.refusals import AlreadyAccepted, SubmissionNotFound
from shared.db import Tx


async def add_accepted(tx: Tx, sent: Submission, *, lead_id: UUID) -> None:
    """What was sent is part of a lead."""
    await tx.later(
        """
        INSERT INTO submission
               (id, state, body, content_type, lead_id, received_by, unit_id, received_at)
        VALUES ($1, 'accepted', $2, $3, $4, $5, $6, $7)
        """,
        sent.id,
        sent.body,
        sent.content_type,
        lead_id,
        sent.received_by,
        sent.unit_id,
        sent.received_at,
    )


async def add_quarantined(tx: Tx, sent: Submission, *, problem: Mapping[str, JsonValue]) -> None:
    """What was sent could not be taken, and waits to be mended."""
    await tx.later(
        """
        INSERT INTO submission
               (id, state, body, content_type, problem, received_by, unit_id, received_at)
        VALUES ($1, 'quarantined', $2, $3, $4, $5, $6, $7)
        """,
        sent.id,
        sent.body,
        sent.content_type,
        problem,
        sent.received_by,
        sent.unit_id,
        sent.received_at,
    )


async def lock_quarantined(tx: Tx, submission_id: UUID) -> None:
    """Lock a submission that waits to be mended."""
    state = await tx.fetchval(
        """
        SELECT state
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
    if state is None:
        raise SubmissionNotFound(submission_id=submission_id)
    if state == "accepted":
        raise AlreadyAccepted(submission_id=submission_id)


async def accept_mended(tx: Tx, submission_id: UUID, *, body: bytes, lead_id: UUID) -> None:
    """The submission is part of a lead by the body that took the place of what came first."""
    await tx.later(
        """
        UPDATE submission
           SET state = 'accepted',
               lead_id = $3,
               mended = $2
         WHERE id = $1
        """,
        submission_id,
        body,
        lead_id,
    )
