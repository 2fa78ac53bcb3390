"""What waits in quarantine: read again as it came, or given up for a reason."""

from datetime import datetime
from uuid import UUID

from services.leads.domain.capture import Received
from services.leads.domain.channel.reading import reread
from services.leads.domain.refusals import NotFromChannel
from services.leads.handlers.channel.intake import accept, arrival_of
from services.leads.repository import policy, submission
from services.leads.repository.channel import submission as submissions
from shared import audit
from shared.db import Tx
from shared.refusals import Refused


async def retry_submission(tx: Tx, *, submission_id: UUID, now: datetime) -> Received:
    """Read a submission once more, as it came, with its channel as it is now."""
    await submission.lock_quarantined(tx, submission_id)
    stored = await submissions.stored(tx, submission_id)
    if stored.channel is None:
        raise NotFromChannel(submission_id=submission_id)
    own = await policy.channel(tx, stored.channel)
    found = reread(own, stored.message, stored.content_type, is_vouched_for=True)
    if isinstance(found, Refused):
        raise found
    arrival = arrival_of(own, found, submission_id, stored.received_at)
    [received] = await accept(tx, own, {submission_id: arrival}, now=now)
    return received


async def discard_submission(tx: Tx, *, submission_id: UUID, reason: str) -> None:
    """Give a submission up; what was sent stays, with the reason."""
    await submission.lock_quarantined(tx, submission_id)
    await submissions.discard(tx, submission_id, reason=reason)
    await audit.record(
        tx,
        action="submission.discarded",
        subject_kind="submission",
        subject_id=submission_id,
        why=reason,
    )
