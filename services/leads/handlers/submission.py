"""What senders sent: judged at once and kept in either case, mended when it was not good enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain.capture import Arrival, Received
from services.leads.domain.intake import Submission, Telling
from services.leads.domain.refusals import UnreadableValues
from services.leads.domain.trail import Trail
from services.leads.handlers.capture import arrive, capture_lead, channel_for, entry_of, receive
from services.leads.repository import submission
from shared import audit, tracing
from shared.db import Tx
from shared.ids import new_id
from shared.principals import ROOT_UNIT, Principal
from shared.refusals import Refused


def submission_of(
    *, body: bytes, content_type: str, by: Principal | None, now: datetime
) -> Submission:
    """What came, from whom, and when."""
    return Submission(
        id=new_id(),
        body=body,
        content_type=content_type,
        received_by=by.id if by else None,
        unit_id=by.unit_id if by else ROOT_UNIT,
        received_at=now,
    )


async def take_in(
    tx: Tx, sent: Submission, *, told: Telling, trail: Trail, by: Principal, now: datetime
) -> Received:
    """Judge what was sent; with the lead it becomes, or joins, it is kept as it came."""
    received = await capture_lead(tx, submission_id=sent.id, told=told, by=by, now=now, trail=trail)
    await submission.add_accepted(tx, [(sent, channel_for(told, by), received)])
    return received


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One of several submissions that come in together."""

    sent: Submission
    told: Telling
    trail: Trail
    by: Principal
    span: str
    """The traceparent it is answered in."""


async def take_in_all(
    tx: Tx, sendings: Sequence[Sending], *, now: datetime
) -> list[Received | None]:
    """Judge what several sent in one go; nothing for what cannot be read: that is to go alone."""
    read = [(sending, await _read(tx, sending, now=now)) for sending in sendings]
    readable = [(sending, arrival) for sending, arrival in read if arrival]
    with tracing.caused_by({sending.sent.id: sending.span for sending in sendings}):
        received = await receive(tx, [arrival for _, arrival in readable], now=now)

    ends = list(zip(readable, received, strict=True))
    await audit.record_all(
        tx,
        [
            replace(
                entry_of(arrival, end),
                actor_id=sending.by.id,
                correlation_id=tracing.correlation_of(sending.span),
            )
            for (sending, arrival), end in ends
        ],
    )
    await submission.add_accepted(
        tx, [(sending.sent, arrival.reading.facts.channel, end) for (sending, arrival), end in ends]
    )
    became = {sending.sent.id: end for (sending, _), end in ends}
    return [became.get(sending.sent.id) for sending in sendings]


async def _read(tx: Tx, sending: Sending, *, now: datetime) -> Arrival | None:
    try:
        return await arrive(
            tx,
            submission_id=sending.sent.id,
            told=sending.told,
            by=sending.by,
            now=now,
            trail=sending.trail,
        )
    except UnreadableValues:
        return None


async def quarantine(tx: Tx, sent: Submission, refused: Refused, *, channel: str = "") -> None:
    """Keep what could not be taken, and why, for whoever mends it."""
    await submission.add_quarantined(tx, sent, channel=channel, problem=problem_of(refused))


def problem_of(refused: Refused) -> dict[str, JsonValue]:
    """A refusal as it is noted beside what met it."""
    return {
        "type": refused.slug(),
        "detail": refused.message,
        "errors": [error.model_dump() for error in refused.errors],
    }


async def replay_submission(
    tx: Tx,
    *,
    submission_id: UUID,
    body: bytes,
    told: Telling,
    trail: Trail,
    by: Principal,
    now: datetime,
) -> Received:
    """Judge a mended submission as if it had come like this; what came first is kept beside it."""
    channel = await submission.lock_quarantined(tx, submission_id)
    told = told if told.channel else told.model_copy(update={"channel": channel})
    received = await capture_lead(
        tx, submission_id=submission_id, told=told, by=by, now=now, trail=trail
    )
    await submission.accept_mended(
        tx, submission_id, body=body, channel=channel_for(told, by), received=received
    )
    return received
