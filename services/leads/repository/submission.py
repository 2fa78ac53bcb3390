"""What senders sent, as they sent it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain.refusals import AlreadyAccepted, SubmissionNotFound
from shared.db import Tx


async def keep(
    tx: Tx,
    submission_id: UUID,
    *,
    body: bytes,
    content_type: str,
    received_by: UUID | None,
    unit_id: UUID,
    now: datetime,
) -> None:
    """Store what came before anybody judges it: it is in quarantine until it is accepted."""
    await tx.execute(
        """
        INSERT INTO submission
               (id, state, body, content_type, received_by, unit_id, received_at)
        VALUES ($1, 'quarantined', $2, $3, $4, $5, $6)
        """,
        submission_id,
        body,
        content_type,
        received_by,
        unit_id,
        now,
    )


async def explain(tx: Tx, submission_id: UUID, *, problem: Mapping[str, JsonValue]) -> None:
    """Note why the submission is in quarantine."""
    await tx.execute(
        """
        UPDATE submission
           SET problem = $2
         WHERE id = $1
        """,
        submission_id,
        problem,
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


async def accept(tx: Tx, submission_id: UUID, *, lead_id: UUID) -> None:
    """The submission is part of a lead now."""
    await tx.execute(
        """
        UPDATE submission
           SET state = 'accepted',
               lead_id = $2
         WHERE id = $1
        """,
        submission_id,
        lead_id,
    )


async def mend(tx: Tx, submission_id: UUID, *, body: bytes) -> None:
    """Keep the body that took the place of the one that could not be read."""
    await tx.execute(
        """
        UPDATE submission
           SET mended = $2
         WHERE id = $1
        """,
        submission_id,
        body,
    )
