"""What senders send to a channel: proven, kept, understood, and taken in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.leads.domain.capture import Arrival, Placing, Received
from services.leads.domain.channel import mail
from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.delivery import (
    Delivery,
    Genuine,
    Greeting,
    Reply,
    Suspect,
    Verdict,
)
from services.leads.domain.channel.reading import Understood, understand
from services.leads.domain.refusals import ChannelNotFound, SenderUnproven, TooManySubmissions
from services.leads.handlers.capture import lead_id_for, receive
from services.leads.handlers.channel import waiting
from services.leads.handlers.channel.secret import secrets_of
from services.leads.handlers.submission import problem_of
from services.leads.repository import policy
from services.leads.repository.channel import submission as submissions
from services.leads.repository.channel import tally
from services.leads.repository.channel.submission import Sent
from shared import audit
from shared.audit import Entry
from shared.db import Tx
from shared.ids import new_id
from shared.principals import ROOT_UNIT
from shared.refusals import Refused

MINUTE = timedelta(minutes=1)
PUBLIC_KINDS = frozenset(("webhook", "form", "mail"))
"""What others come by is written by our own people and programs, who sign in."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What became of a delivery at the door."""

    own: ChannelVersion
    verdict: Verdict
    turned_away: Refused | None = None
    """Why it is not kept."""
    submission_id: UUID | None = None
    """Where it is kept, if it is."""
    is_settled: bool = False
    """It came before, and nothing is left to do."""


async def admit(tx: Tx, *, key: str, delivery: Delivery) -> Admission:
    """Find out who sends, and keep what a genuine sender sent."""
    own = await policy.channel(tx, key)
    if own.channel.kind not in PUBLIC_KINDS:
        raise ChannelNotFound(channel=key)
    if own.channel.kind == "mail":
        delivery = replace(delivery, content_type=mail.MEDIA_TYPE)
    verdict = own.channel.proof.prove(delivery, await secrets_of(tx, own))
    admission = Admission(own=own, verdict=verdict)
    match verdict:
        case Suspect():
            await tally.count(tx, key, "refused", verdict.reason)
            return replace(admission, turned_away=SenderUnproven(reason=verdict.reason))
        case Greeting():
            return admission
        case Genuine():
            visitor = _visitor(tx, own, delivery)
            if visitor and await _is_too_often(tx, own, visitor):
                await tally.count(tx, key, "refused", "Too many from one address")
                return replace(admission, turned_away=TooManySubmissions(retry_after=60))
            return await _keep(tx, admission, delivery, verdict, visitor)


async def greet(tx: Tx, *, key: str, delivery: Delivery) -> Reply:
    """Answer a platform that tries out the address of a channel."""
    own = await policy.channel(tx, key)
    found = own.channel.proof.greet(delivery, await secrets_of(tx, own))
    if isinstance(found, Suspect):
        raise SenderUnproven(reason=found.reason)
    return found.reply


async def quarantine(tx: Tx, admission: Admission, refused: Refused) -> None:
    """Note why what was kept is not part of a lead."""
    if admission.submission_id is not None and not admission.is_settled:
        problem = {admission.submission_id: problem_of(refused)}
        await submissions.explain_all(tx, problem, version=admission.own.version)


async def take_in(tx: Tx, admission: Admission, *, now: datetime) -> Refused | None:
    """Make what was kept a lead, or join it to one; the refusal, when nobody can tell what it says."""
    own, verdict, submission_id = admission.own, admission.verdict, admission.submission_id
    if not isinstance(verdict, Genuine) or submission_id is None or admission.is_settled:
        return admission.turned_away
    named = waiting.named_in(own, verdict.message, verdict.content_type)
    if named and own.channel.is_on:
        await waiting.expect(tx, own, submission_id, verdict.message, named, now=now)
        return None
    found = understand(own, verdict.message, verdict.content_type)
    if isinstance(found, Refused):
        await quarantine(tx, admission, found)
        return found
    await accept(tx, own, {submission_id: arrival_of(own, found, submission_id, now)}, now=now)
    return None


async def accept(
    tx: Tx, own: ChannelVersion, arrivals: Mapping[UUID, Arrival], *, now: datetime
) -> list[Received]:
    """Let kept submissions become leads, or join those they belong to."""
    received = await receive(tx, list(arrivals.values()), now=now)
    joined = dict(zip(arrivals, received, strict=True))
    await submissions.accept_all(tx, own.key, joined, version=own.version)
    await audit.record_all(
        tx,
        [
            Entry(
                action=f"lead.{one.effect}",
                subject_kind="lead",
                subject_id=one.lead_id,
                after={
                    "channel": own.key,
                    "version": own.version,
                    "submission_id": str(submission_id),
                },
            )
            for submission_id, one in joined.items()
        ],
    )
    return received


def arrival_of(
    own: ChannelVersion, found: Understood, submission_id: UUID, received_at: datetime
) -> Arrival:
    """A submission that was understood, on its way to become a lead; the sender's id makes it a version."""
    external = found.reading.facts.external
    return Arrival(
        lead_id=lead_id_for(external),
        submission_id=submission_id,
        reading=found.reading,
        placing=Placing(unit_id=own.channel.unit_id or ROOT_UNIT, assign_on=own.channel.assign_on),
        captured_at=min(found.occurred_at or received_at, received_at),
        corrects=external is not None,
        trail=found.trail,
        consent_version=found.consent_version,
    )


def _visitor(tx: Tx, own: ChannelVersion, delivery: Delivery) -> bytes | None:
    """Whoever fills in a form, told from others and not recognised anywhere else."""
    if own.channel.kind != "form":
        return None
    return tx.sealer.mark(delivery.address, place=f"visitor of {own.key}")


async def _is_too_often(tx: Tx, own: ChannelVersion, visitor: bytes) -> bool:
    lately = await submissions.count_of(tx, own.key, visitor, since=tx.now - MINUTE)
    return lately >= own.channel.form.most_per_minute


async def _keep(
    tx: Tx, admission: Admission, delivery: Delivery, genuine: Genuine, visitor: bytes | None
) -> Admission:
    key = admission.own.key
    is_mail = genuine.content_type == mail.MEDIA_TYPE
    sent = Sent(
        channel=key,
        body=mail.kept(delivery.body) if is_mail else delivery.body,
        content_type=genuine.content_type,
        content_hash=hashlib.sha256(genuine.message).digest(),
        opened=genuine.message if genuine.message is not delivery.body else None,
        visitor=visitor,
        unit_id=admission.own.channel.unit_id or ROOT_UNIT,
    )
    submission_id = new_id()
    if await submissions.keep(tx, submission_id, sent):
        return replace(admission, submission_id=submission_id)
    kept = await submissions.same(tx, key, sent.content_hash)
    await tally.count(tx, key, "repeated", "")
    return replace(admission, submission_id=kept.id, is_settled=not kept.is_waiting)
