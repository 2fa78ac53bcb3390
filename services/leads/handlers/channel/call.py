"""A phone call, noted by whoever took or made it."""

from datetime import datetime

from services.leads.domain.capture import Arrival, Received
from services.leads.domain.intake import Submission, Telling, read
from services.leads.domain.refusals import UnreadableValues
from services.leads.handlers.capture import lead_id_for, placing_for, receive
from services.leads.repository import policy, submission
from shared import audit
from shared.db import Tx
from shared.principals import Principal


async def log_call(
    tx: Tx,
    sent: Submission,
    *,
    key: str,
    told: Telling,
    called_at: datetime | None,
    by: Principal,
    now: datetime,
) -> Received:
    """Make a call a lead, or a touch of the lead that it belongs to."""
    own = await policy.channel(tx, key)
    reading, errors = read(told, channel=key, default_region=own.channel.region)
    errors += own.channel.errors_in(told)
    if errors:
        raise UnreadableValues(errors=errors)
    arrival = Arrival(
        lead_id=lead_id_for(None),
        submission_id=sent.id,
        reading=reading,
        placing=placing_for(own.channel, by),
        captured_at=min(called_at or now, now),
    )
    [received] = await receive(tx, [arrival], now=now)

    await submission.add_accepted(tx, [(sent, key, received)])
    await audit.record(
        tx,
        action=f"lead.{received.effect}",
        subject_kind="lead",
        subject_id=received.lead_id,
        after={"channel": key, "submission_id": str(sent.id)},
    )
    return received
