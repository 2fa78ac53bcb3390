"""Notices that only name leads: kept, and waiting for the platform to say more."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from services.leads.domain.channel import payload as payloads
from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.payload import Unreadable
from services.leads.domain.refusals import DetailsAwaited
from services.leads.handlers.submission import problem_of
from services.leads.repository.channel import details as repository
from services.leads.repository.channel import submission as submissions
from services.leads.repository.channel.submission import Sent
from shared.db import Tx
from shared.ids import new_id
from shared.principals import ROOT_UNIT


def named_in(own: ChannelVersion, message: bytes, content_type: str) -> tuple[str, ...]:
    """The leads that a message names without saying anything of them."""
    if own.channel.details is None:
        return ()
    try:
        payload = payloads.parse(message, content_type)
    except Unreadable:
        return ()
    return own.channel.details.named_in(payload)


async def expect(
    tx: Tx,
    own: ChannelVersion,
    submission_id: UUID,
    message: bytes,
    named: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Have what a notice names asked for; one that names several becomes as many submissions."""
    waiting = {submission_id: named[0]}
    for other in named[1:]:
        kept = Sent(
            channel=own.key,
            body=message,
            content_type="application/json",
            content_hash=sha256(message + b"\n" + other.encode()).digest(),
            opened=None,
            visitor=None,
            unit_id=own.channel.unit_id or ROOT_UNIT,
        )
        other_id = new_id()
        if await submissions.keep(tx, other_id, kept):
            waiting[other_id] = other
    await repository.expect(tx, waiting, at=now)
    awaited = problem_of(DetailsAwaited())
    await submissions.explain_all(tx, dict.fromkeys(waiting, awaited), version=own.version)
