"""What senders sent: kept first, judged afterwards, mended when it was not good enough."""

from datetime import datetime
from uuid import UUID

from services.leads.domain.capture import Received
from services.leads.domain.intake import Telling
from services.leads.handlers.capture import capture_lead
from services.leads.repository import submission
from shared.db import Tx
from shared.ids import new_id
from shared.principals import ROOT_UNIT, Principal
from shared.refusals import Refused


async def keep_submission(tx: Tx, *, body: bytes, content_type: str, by: Principal | None) -> UUID:
    """Keep what came, whatever it is; it stays in quarantine until it has become a lead."""
    submission_id = new_id()
    await submission.keep(
        tx,
        submission_id,
        body=body,
        content_type=content_type,
        received_by=by.id if by else None,
        unit_id=by.unit_id if by else ROOT_UNIT,
        now=tx.now,
    )
    return submission_id


async def explain_refusal(tx: Tx, submission_id: UUID, refused: Refused) -> None:
    """Note why it could not be taken, for whoever mends it."""
    await submission.explain(
        tx,
        submission_id,
        problem={
            "type": refused.slug(),
            "detail": refused.message,
            "errors": [error.model_dump() for error in refused.errors],
        },
    )


async def replay_submission(
    tx: Tx,
    *,
    submission_id: UUID,
    body: bytes,
    told: Telling,
    by: Principal,
    now: datetime,
) -> Received:
    """Judge a mended submission as if it had come like this; what came first is kept beside it."""
    await submission.lock_quarantined(tx, submission_id)
    await submission.mend(tx, submission_id, body=body)
    return await capture_lead(tx, submission_id=submission_id, told=told, by=by, now=now)
